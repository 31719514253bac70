import type { Tandem } from '../../local/tandem';
import type { OwnerDatabase } from './owner-database';
import { emptyQueues } from './settle-down';

/** Days after which every event is sent once more. Providers sign each attempt anew. */
const LATE_DAYS = [3, 30] as const;

/** How often every event is sent again in the end. */
export const LATE_ROUNDS = LATE_DAYS.length;

const DAY_MS = 86_400_000;

export const countEvents = ({ doubles }: Tandem): number =>
  (doubles.stripe?.deliveries.eventCount() ?? 0) + (doubles.paypal?.deliveries.eventCount() ?? 0);

/**
 * Sends every event there ever was once more, three and thirty days later by the providers' clocks. By then what they say has
 * long been known, so nothing may move.
 *
 * @param settle lets what the passed time itself brings come to its end, such as approvals that lapse
 * @returns what moved
 */
export const deliverLate = async (
  tandem: Tandem,
  db: OwnerDatabase,
  settle: () => Promise<void>,
): Promise<readonly string[]> => {
  const moved: string[] = [];
  let passed = 0;
  for (const days of LATE_DAYS) {
    for (const double of [tandem.doubles.stripe, tandem.doubles.paypal])
      double?.clock.advance((days - passed) * DAY_MS);
    passed = days;
    await settle();
    const before = await readBooks(db);
    await sendAllAgain(tandem);
    await emptyQueues(tandem);
    const after = await readBooks(db);
    for (const [id, books] of after)
      if (books !== before.get(id))
        moved.push(`payment ${id}, ${days} days late: ${before.get(id)} became ${books}`);
  }
  return moved;
};

const sendAllAgain = async ({ doubles }: Tandem): Promise<void> => {
  for (const double of [doubles.stripe, doubles.paypal]) {
    for (const { id } of double?.deliveries.events() ?? []) double?.deliveries.resend(id);
  }
  for (const double of [doubles.stripe, doubles.paypal]) await double?.deliveries.drain();
};

/**
 * What stands about each payment, in its row and in the books: balances, because an event that was lost and is heard now for
 * the first time may add a booking and its reversal.
 */
const readBooks = async (db: OwnerDatabase): Promise<ReadonlyMap<string, string>> => {
  const rows = await db.query<{ readonly id: string; readonly books: string }>(
    `select p.id,
            concat_ws(' ', p.status, p.captured_minor, p.refunded_minor, p.fee_minor, p.review_reason,
              (select string_agg(account || ' ' || balance, ' ' order by account)
               from (select e.account, sum(e.amount_minor) as balance
                     from private.ledger_transactions t join private.ledger_entries e on e.transaction_key = t.key
                     where t.payment_id = p.id group by e.account) as balances where balance <> 0)) as books
     from public.payments p`,
  );
  return new Map(rows.map(({ id, books }) => [id, books]));
};
