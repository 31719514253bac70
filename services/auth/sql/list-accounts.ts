import type { Queryable } from '#shared/database/queryable';
import type { Account } from '../domain/account';
import type { AccountCursor } from '../domain/account-cursor';

export interface AccountPage {
  /** The beginning of an address, in lower case. */
  readonly emailPrefix: string | null;
  readonly id: string | null;
  /** The last row of the page before. */
  readonly after: AccountCursor | null;
  readonly limit: number;
}

/** With `cursorAt`, which keeps the microseconds that a Date would lose. */
export type ListedAccount = Account & { readonly cursorAt: string };

const TEXT = `
  with page as (
    select p.id, p.email, p.name, p.avatar_url, p.created_at
    from public.user_profiles p
    where ($1::text is null or starts_with(p.email, $1))
      and ($2::uuid is null or p.id = $2)
      and ($3::timestamptz is null or (p.created_at, p.id) < ($3, $4::uuid))
    order by p.created_at desc, p.id desc
    limit $5::int
  )
  select page.id, page.email, page.name, page.avatar_url as "avatarUrl", coalesce(r.role, 'user') as role,
         page.created_at as "createdAt", s.last_sign_in_at as "lastSignInAt",
         s.email_confirmed_at as "emailConfirmedAt", s.banned_until as "bannedUntil",
         to_char(page.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "cursorAt"
  from page
  join private.account_standing((select array_agg(id) from page)) s on s.id = page.id
  left join private.roles r on r.user_id = page.id
  order by page.created_at desc, page.id desc`;

/** A page of accounts, newest first. */
export const listAccounts = async (
  database: Queryable,
  page: AccountPage,
): Promise<readonly ListedAccount[]> => {
  const { rows } = await database.query<ListedAccount>(TEXT, [
    page.emailPrefix,
    page.id,
    page.after?.createdAt ?? null,
    page.after?.id ?? null,
    page.limit,
  ]);
  return rows;
};

/** One account, or null. */
export const findAccount = async (database: Queryable, id: string): Promise<Account | null> =>
  (await listAccounts(database, { id, emailPrefix: null, after: null, limit: 1 }))[0] ?? null;
