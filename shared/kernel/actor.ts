/** Somebody with a role who does something, as the audit log names them. */
export interface Actor {
  readonly userId: string;
  readonly role: 'support' | 'admin';
  /** The request's id at the gateway. */
  readonly requestId: string;
}
