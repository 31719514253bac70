/**
 * Whether a line `movement` of a statement is booked as a refund that still stands. What PayPal took is one line: then it leaves
 * nothing for a withdrawal, and one that is booked besides has doubled it. A refund that was returned here leaves it.
 */
export const isBookedAsRefund = (movement: string): string => `exists (
    select from private.ledger_transactions refund
    where refund.key = ${movement}.key and refund.kind = 'refund'
      and not exists (select from private.ledger_transactions back
                      where back.key = regexp_replace(${movement}.key, ':succeeded$', ':reversed')))`;

/**
 * Conditions on a booking `t` that no line of a statement is for. Not among them is the return of a refund that PayPal first
 * showed as one and then as a withdrawal: both are booked, the statement has one line for them, and refund and return come to
 * nothing.
 */
export const isUnlisted = `
  not exists (select from private.provider_movements m where m.key = t.key)
  and not exists (select from private.provider_movements m
                  where m.or_key = t.key and not (t.kind = 'withdrawal' and ${isBookedAsRefund('m')}))
  and not (t.kind = 'refund_reversal' and exists (
    select from private.provider_movements m
    join private.ledger_transactions other on other.key = m.or_key
    where m.key = regexp_replace(t.key, ':reversed$', ':succeeded')))`;
