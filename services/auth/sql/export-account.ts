import type { Queryable } from '#shared/database/queryable';

type Row = Readonly<Record<string, unknown>>;

/** Everything kept about a user, in the words of the API. */
export interface AccountExport {
  readonly account: Row;
  readonly identities: Row[];
  readonly profile: Row | null;
  readonly preferences: Row | null;
  readonly sessions: Row[];
  /** The newest 5,000, each with its facts; amounts in ISO 4217 minor units. */
  readonly payments: Row[];
  /** What the user wrote, the newest 5,000; each with its earlier texts. */
  readonly messages: Row[];
  readonly conversations: Row[];
  readonly blocks: Row[];
  readonly files: Row[];
  readonly avatar: Row | null;
  readonly subscriptions: Row[];
  /** `notifications`, `told` and `mails`, the newest 5,000 of each, and the `choices` about them. */
  readonly notifications: Row;
  /** In UTC, `2026-11-23`; the newest first. */
  readonly active_days: string[];
  /** `days`, all of them, and `events`, the newest 5,000. */
  readonly usage: Row;
}

const TEXT = 'select private.export_account($1) as export';

/** Null where there is no such account. */
export const exportAccount = async (database: Queryable, userId: string): Promise<AccountExport | null> => {
  const { rows } = await database.query<{ export: AccountExport | null }>(TEXT, [userId]);
  return rows[0]?.export ?? null;
};
