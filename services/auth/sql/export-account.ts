import type { Queryable } from '#shared/database/queryable';
import type { ExportCursor } from '../domain/export-cursor';

type Row = Readonly<Record<string, unknown>>;

/** A page of everything kept about a user, in the words of the API; lists are newest first. */
export interface AccountExport {
  readonly account: Row;
  readonly profile: Row | null;
  readonly preferences: Row | null;
  readonly identities: Row[];
  readonly sessions: Row[];
  readonly payments: Row[];
  readonly messages: Row[];
  readonly message_edits: Row[];
  readonly conversations: Row[];
  readonly blocks: Row[];
  readonly files: Row[];
  readonly subscriptions: Row[];
  readonly notifications: Row[];
  readonly notification_choices: Row[];
  readonly notices: Row[];
  readonly mails: Row[];
  readonly active_days: string[];
  readonly usage_days: Row[];
  readonly usage_events: Row[];
  /** The last row given; null on the last page. */
  readonly next: ExportCursor | null;
}

const TEXT = 'select private.export_account($1, $2, $3, $4, $5) as export';

/** At most `maxBytes` of items, after the row that `after` names; null where there is no such account. */
export const exportAccount = async (
  database: Queryable,
  { userId, after, maxBytes }: { userId: string; after: ExportCursor | null; maxBytes: number },
): Promise<AccountExport | null> => {
  const { rows } = await database.query<{ export: AccountExport | null }>(TEXT, [
    userId,
    after?.list ?? null,
    after?.at ?? null,
    after?.id ?? null,
    maxBytes,
  ]);
  return rows[0]?.export ?? null;
};
