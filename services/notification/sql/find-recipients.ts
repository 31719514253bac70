import type { Queryable } from '#shared/database/queryable';

export interface Recipient {
  /** Of the mail in the outbox. */
  readonly id: string;
  readonly email: string;
  /** BCP 47. */
  readonly locale: string;
}

/** To whom the mails of a claim go. Missing are those that nobody is to get (any more). */
export const findRecipients = async (
  database: Queryable,
  claimId: string,
): Promise<ReadonlyMap<string, Recipient>> => {
  const { rows } = await database.query<Recipient>(
    'select id, email, locale from private.mail_recipients($1::uuid)',
    [claimId],
  );
  return new Map(rows.map((row) => [row.id, row]));
};
