import type { Queryable } from '#shared/database/queryable';

export interface ClaimedMail {
  readonly id: string;
  /** Null: another process works on it. */
  readonly sealed: Buffer | null;
  /** Nobody waits for it any more. */
  readonly expired: boolean;
  /** Somebody has claimed it before, and may have done some of it. */
  readonly again: boolean;
}

const TEXT = `
  with due as (
    select id, claimed_until is not null as again from private.pending_mails
    where id = any($1::uuid[]) and (claimed_until is null or claimed_until <= $2)
    order by id for update
  ), claimed as (
    update private.pending_mails p set claimed_until = $3
    from due where p.id = due.id
    returning p.id, p.sealed, p.expires_at <= $2 as expired, due.again
  )
  select id, sealed, expired, again from claimed
  union all
  select p.id, null, false, true from private.pending_mails p
  where p.id = any($1::uuid[]) and not exists (select from claimed c where c.id = p.id)`;

/** Takes what there is of these for one process; what is done already is not there. One statement. */
export const claimPendingMails = async (
  database: Queryable,
  ids: readonly string[],
  { now, until }: { readonly now: Date; readonly until: Date },
): Promise<readonly ClaimedMail[]> => {
  const { rows } = await database.query<ClaimedMail>(TEXT, [ids, now, until]);
  return rows;
};
