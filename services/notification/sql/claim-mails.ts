import type { Queryable } from '#shared/database/queryable';

export interface ClaimedMail {
  readonly id: string;
  readonly kind: string;
  readonly data: unknown;
  /** How often it was handed over so far. */
  readonly attempts: number;
}

export interface Claim {
  /** Made for this run alone. */
  readonly id: string;
  /** Until when others keep off. */
  readonly until: Date;
  readonly now: Date;
  /** The most to take. */
  readonly limit: number;
}

const TEXT = `
  with due as (
    select o.id from private.outbox o
    where o.state = 'due' and o.due_at <= $3 and (o.claimed_until is null or o.claimed_until <= $3)
    order by o.due_at
    limit $4
    for update skip locked
  )
  update private.outbox o set claim = $1, claimed_until = $2
  from due where o.id = due.id
  returning o.id, o.kind, o.data, o.attempts`;

/** Takes due mails, the oldest first, that nobody else has. */
export const claimMails = async (database: Queryable, claim: Claim): Promise<readonly ClaimedMail[]> => {
  const { id, until, now, limit } = claim;
  const { rows } = await database.query<ClaimedMail>(TEXT, [id, until, now, limit]);
  return rows;
};
