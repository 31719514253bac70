import { type Driver, startDriver } from './paypal-driver';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Report {
  readonly transaction_details: { readonly transaction_info: Record<string, unknown> }[];
  readonly total_items: number;
  readonly total_pages: number;
  readonly links: { readonly rel: string; readonly href: string }[];
}

describe('transaction search in the PayPal double', () => {
  let driver: Driver;
  beforeEach(async () => {
    driver = await startDriver({ webhooks: [] });
  });
  afterEach(() => driver.close());

  const iso = (ms: number) => new Date(ms).toISOString();
  const search = async (more: Record<string, string> = {}) => {
    const now = driver.double.clock.now();
    const range = { start_date: iso(now - DAY), end_date: iso(now) };
    const query = new URLSearchParams({ ...range, ...more });
    const { status, body } = await driver.call('GET', `/v1/reporting/transactions?${query}`);
    return { status, body: body as unknown as Report & { readonly details: { readonly field: string }[] } };
  };
  const linesOf = ({ body }: { readonly body: Report }) =>
    body.transaction_details.map(({ transaction_info: info }) => info);

  it('lists what moved the balance, three hours later', async () => {
    const { order, capture } = await driver.pay({ custom_id: 'ours', invoice_id: 'ours' });
    const { body: refund } = await driver.call('POST', `/v2/payments/captures/${capture.id}/refund`, {
      amount: { currency_code: 'USD', value: '5.00' },
    });
    expect(linesOf(await search())).toEqual([]);
    driver.double.clock.advance(3 * HOUR + 1000);
    expect(linesOf(await search())).toMatchObject([
      {
        transaction_id: capture.id,
        paypal_reference_id: order.id,
        paypal_reference_id_type: 'ODR',
        transaction_event_code: 'T0006',
        transaction_initiation_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/),
        transaction_amount: { currency_code: 'USD', value: '19.99' },
        fee_amount: { currency_code: 'USD', value: '-1.19' },
        transaction_status: 'S',
        custom_field: 'ours',
      },
      {
        transaction_id: refund.id,
        paypal_reference_id: capture.id,
        paypal_reference_id_type: 'TXN',
        transaction_event_code: 'T1107',
        transaction_amount: { currency_code: 'USD', value: '-5.00' },
      },
    ]);
  });

  it('lists what came back and what was taken', async () => {
    const first = await driver.pay();
    const { body: refund } = await driver.call(
      'POST',
      `/v2/payments/captures/${first.capture.id}/refund`,
      {},
    );
    await driver.control('POST', `/paypal/refunds/${refund.id}`, { status: 'FAILED' });
    const second = await driver.pay();
    await driver.control('POST', `/paypal/captures/${second.capture.id}`, { status: 'REVERSED' });
    driver.double.clock.advance(4 * HOUR);
    const lines = linesOf(await search()).map((line) => [
      line.transaction_event_code,
      (line.transaction_amount as { value: string }).value,
      line.paypal_reference_id,
    ]);
    expect(lines).toEqual([
      ['T0006', '19.99', first.order.id],
      ['T1107', '-19.99', first.capture.id],
      ['T1100', '19.99', refund.id],
      ['T0006', '19.99', second.order.id],
      ['T1106', '-19.99', second.capture.id],
    ]);
  });

  it('gives pages, and one transaction by its id', async () => {
    const paid = [await driver.pay(), await driver.pay(), await driver.pay()];
    driver.double.clock.advance(4 * HOUR);
    const first = await search({ page_size: '2' });
    expect([first.body.total_items, first.body.total_pages]).toEqual([3, 2]);
    expect(first.body.links.map(({ rel }) => rel)).toEqual(['self', 'next']);
    const second = await search({ page_size: '2', page: '2' });
    expect([...linesOf(first), ...linesOf(second)].map((line) => line.transaction_id)).toEqual(
      paid.map(({ capture }) => capture.id),
    );
    const one = await search({ transaction_id: paid[1]?.capture.id ?? '' });
    expect(linesOf(one)).toHaveLength(1);
  });

  it.each([
    [{ start_date: '2026-01-01' }, 'start_date'],
    [{ end_date: '2026-13-01T00:00:00Z' }, 'end_date'],
    [{ start_date: '2020-01-01T00:00:00Z' }, 'end_date'],
    [{ page_size: '501' }, 'page_size'],
    [{ page: '0' }, 'page'],
  ])('refuses %j', async (query, field) => {
    const { status, body } = await search(query);
    expect([status, body.details[0]?.field]).toEqual([400, field]);
  });
});
