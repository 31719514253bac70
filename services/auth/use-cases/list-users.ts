import type { Queryable } from '#shared/database/queryable';
import type { Account } from '../domain/account';
import { decodeAccountCursor, encodeAccountCursor } from '../domain/account-cursor';
import { type AccountPage, listAccounts } from '../sql/list-accounts';

export interface ListUsersRequest extends Omit<AccountPage, 'after'> {
  /** `nextCursor` of the page before. */
  readonly cursor: string | null;
}

/** A page of accounts, newest first. */
export const listUsers = async (
  { database }: { readonly database: Queryable },
  { cursor, ...asked }: ListUsersRequest,
): Promise<{ readonly accounts: readonly Account[]; readonly nextCursor: string | null }> => {
  const after = cursor === null ? null : decodeAccountCursor(cursor);
  const rows = await listAccounts(database, { ...asked, after, limit: asked.limit + 1 });
  const accounts = rows.slice(0, asked.limit);
  const last = accounts.at(-1);
  const hasMore = rows.length > asked.limit && last !== undefined;
  return {
    accounts,
    nextCursor: hasMore ? encodeAccountCursor({ createdAt: last.cursorAt, id: last.id }) : null,
  };
};
