import type { Queryable } from '#shared/database/queryable';

export interface PendingMail {
  readonly id: string;
  readonly sealed: Buffer;
  readonly expiresAt: Date;
}

const TEXT = 'insert into private.pending_mails (id, sealed, expires_at) values ($1, $2, $3)';

/** Keeps a promise until it is done: one statement, whoever it is about. */
export const insertPendingMail = async (database: Queryable, row: PendingMail): Promise<void> => {
  await database.query(TEXT, [row.id, row.sealed, row.expiresAt]);
};
