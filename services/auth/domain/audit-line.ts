/** One line of the audit log as it is read. */
export interface AuditLine {
  readonly id: string;
  readonly at: Date;
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly actorRole: 'support' | 'admin' | 'command_line';
  readonly action: string;
  readonly target: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly requestId: string | null;
}
