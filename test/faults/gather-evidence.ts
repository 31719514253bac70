import type { Tandem } from '../../local/tandem';
import type { OwnerDatabase } from './owner-database';

/** Payments of which everything is told; more would bury the first. */
const MOST_TOLD = 5;

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * Everything known about the payments that findings name: its row, facts, calls and inbox, and what became of each of its
 * events at the provider. A seed does not replay a run to the millisecond, so a finding must be understood from what it left.
 */
export const gatherEvidence = async (
  tandem: Tandem,
  db: OwnerDatabase,
  findings: readonly string[],
): Promise<string> => {
  const ids = [...new Set(findings.flatMap((finding) => finding.match(UUID) ?? []))].slice(0, MOST_TOLD);
  const told = await Promise.all(ids.map((id) => tellPayment(tandem, db, id)));
  return told.join('\n');
};

const tellPayment = async (tandem: Tandem, db: OwnerDatabase, id: string): Promise<string> => {
  const rows = async (title: string, sql: string) => {
    const found = await db.query<object>(sql, [id]);
    return [`  ${title}`, ...found.map((row) => `    ${JSON.stringify(row)}`)];
  };
  const [payment] = await db.query<{ readonly provider_ref: string | null }>(
    'select provider_ref from public.payments where id = $1::uuid',
    [id],
  );
  return [
    `payment ${id}`,
    ...(await rows('row', 'select * from public.payments where id = $1::uuid')),
    ...(await rows('facts', 'select * from private.payment_facts where payment_id = $1::uuid')),
    ...(await rows('calls', 'select * from private.provider_calls where payment_id = $1::uuid')),
    ...(await rows(
      'inbox',
      `select source, event_id, event_type, outcome, reason, attempts, received_at, processed_at
       from private.inbox where payment_id = $1::uuid
          or provider_ref = (select provider_ref from public.payments where id = $1::uuid)
       order by received_at`,
    )),
    ...(await rows('sweeps', 'select * from private.payment_sweeps where payment_id = $1::uuid')),
    ...eventsOf(tandem, [id, payment?.provider_ref ?? id]),
  ].join('\n');
};

const eventsOf = ({ doubles }: Tandem, names: readonly string[]): string[] =>
  [doubles.stripe, doubles.paypal].flatMap((double) => {
    if (double === undefined) return [];
    const { events, deliveries } = double.deliveries.snapshot();
    const about = events.filter(({ body }) => names.some((name) => body.includes(name)));
    return about.flatMap((event) => [
      `  event ${event.id} ${event.type}`,
      ...deliveries
        .filter(({ eventId }) => eventId === event.id)
        .map(({ id, state, attempts }) => `    ${id} ${state} ${JSON.stringify(attempts)}`),
    ]);
  });
