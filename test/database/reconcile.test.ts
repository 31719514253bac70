import { makeDatabase } from '#shared/database/pool';
import { reconcile } from '../../services/payment/use-cases/reconcile';
import { insertPayment, paymentRows } from '../support/payment-rows';
import { createTestDatabase } from '../support/postgres';
import { stripeReport } from '../support/reports';
import { stripeStory } from '../support/stripe-objects';

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('reconcile', () => {
  let admin: ReturnType<typeof makeDatabase>;
  let service: ReturnType<typeof makeDatabase>;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const database = await createTestDatabase();
    drop = database.drop;
    admin = makeDatabase({ connectionString: database.adminUrl, applicationName: 'test' });
    service = makeDatabase({
      connectionString: database.urlFor('tandem_reconcile'),
      applicationName: 'test',
      max: 8,
    });
  });
  afterAll(async () => {
    await service.close();
    await admin.close();
    await drop();
  });

  const deps = () => ({ database: service, sleep });

  it('books a capture once, however often and in whatever order it is reported', async () => {
    const { id } = await insertPayment(admin, { providerRef: 'pi_order' });
    const story = stripeStory({ intent: 'pi_order', charge: 'ch_order', paymentId: id });
    const events = [
      story.event('evt_o1', 'payment_intent.created', story.intent('requires_payment_method')),
      story.event('evt_o2', 'charge.succeeded', story.charge('succeeded')),
      story.event('evt_o3', 'payment_intent.succeeded', story.intent('succeeded')),
      story.event('evt_o4', 'payment_intent.succeeded', story.intent('succeeded')),
      story.event('evt_o5', 'refund.created', story.refund('re_order', 500, 'pending')),
      story.event('evt_o6', 'refund.updated', story.refund('re_order', 500, 'succeeded')),
    ].map(stripeReport);
    const shuffled = [...events, ...events, ...events].sort((a, b) => (a.eventId < b.eventId ? 1 : -1));

    await Promise.all([...shuffled.map((report) => reconcile(deps(), [report])), reconcile(deps(), events)]);

    const rows = await paymentRows(admin, id);
    expect(rows.payment).toEqual(
      expect.objectContaining({
        status: 'partially_refunded',
        captured_minor: '1999',
        refunded_minor: '500',
      }),
    );
    expect(rows.ledger.map((e) => [e.kind, e.account, e.amount_minor])).toEqual([
      ['capture', 'sales', '-1999'],
      ['capture', 'stripe_balance', '1999'],
      ['refund', 'sales', '500'],
      ['refund', 'stripe_balance', '-500'],
    ]);
    const inbox = await admin.query('select event_id from private.inbox where payment_id = $1', [id]);
    expect(inbox.rows).toHaveLength(6);
  });

  describe('payouts', () => {
    const payoutReport = (eventId: string, status: string, amount = 5_000) =>
      stripeReport({
        id: eventId,
        type: `payout.${status}`,
        created: 1_760_000_000,
        data: { object: { object: 'payout', id: 'po_1', status, amount, currency: 'usd' } },
      } as Parameters<typeof stripeReport>[0]);

    const books = async () =>
      (
        await admin.query(
          `select t.kind, e.account, e.amount_minor::int from private.ledger_transactions t
           join private.ledger_entries e on e.transaction_key = t.key where t.payment_id is null order by 1, 2`,
        )
      ).rows;

    it('are booked once and undone once, whoever reports what first and however often', async () => {
      const statuses = ['failed', 'pending', 'in_transit', 'paid'];
      const reports = statuses.map((status) => payoutReport(`evt_po_${status}`, status));
      const all = await Promise.all(
        [...reports, ...reports, ...reports].map((report) => reconcile(deps(), [report])),
      );
      expect(new Set(all.flatMap((results) => [...results.values()].map(({ outcome }) => outcome)))).toEqual(
        new Set(['booked']),
      );
      await reconcile(deps(), reports);
      expect(await books()).toEqual([
        { kind: 'payout', account: 'bank', amount_minor: 5_000 },
        { kind: 'payout', account: 'stripe_balance', amount_minor: -5_000 },
        { kind: 'payout_return', account: 'bank', amount_minor: -5_000 },
        { kind: 'payout_return', account: 'stripe_balance', amount_minor: 5_000 },
      ]);
      const inbox = await admin.query(
        `select distinct outcome, payment_id from private.inbox where event_id like 'evt_po_%'`,
      );
      expect(inbox.rows).toEqual([{ outcome: 'applied', payment_id: null }]);
    });

    it('are held when their reports differ in what they are worth', async () => {
      const before = await books();
      const results = await reconcile(deps(), [payoutReport('evt_po_other', 'canceled', 4_999)]);
      expect([...results.values()]).toEqual([{ outcome: 'held', payment: null }]);
      expect(await books()).toEqual(before);
    });
  });
});
