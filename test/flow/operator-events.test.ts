import { auditLines, deliver, newOperator, type Operator, openStory } from '../support/operator';
import { expectSoundBooks, type PaymentTest, startPaymentTest } from '../support/payment-service';
import { providerMessage } from '../support/sqs-event';

let test: PaymentTest;
let operator: Operator;

beforeAll(async () => {
  test = await startPaymentTest();
  operator = await newOperator(test);
});
afterEach(() => expectSoundBooks(test.admin));
afterAll(() => test.close());

const reconciler = () => test.as('tandem_reconcile', 1);

const statusOf = async (id: string) =>
  (await test.admin.query<{ status: string }>('select status from public.payments where id = $1', [id]))
    .rows[0]?.status;

describe('GET /events', () => {
  it('pages through events, newest first, each once, with filters', async () => {
    const { id, story } = await openStory(test, 'paged');
    const at = (second: number) => ({ receivedAt: `2026-01-01T00:00:0${second}.000Z` });
    await deliver(
      reconciler(),
      providerMessage(story.event('evt_p1', 'payment_intent.processing', story.intent('processing')), at(1)),
      providerMessage(story.event('evt_p2', 'charge.succeeded', story.charge('succeeded')), at(2)),
      providerMessage(story.event('evt_p3', 'charge.succeeded', story.charge('succeeded')), at(2)),
      providerMessage(story.event('evt_p4', 'customer.created', { object: 'customer', id: 'cus_1' }), at(3)),
    );
    const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:04+00:00' };
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const { status, body } = await operator.get('events', {
        ...range,
        limit: '1',
        ...(cursor === null ? {} : { cursor }),
      });
      expect([status, body.has_more]).toEqual([200, body.next_cursor !== null]);
      ids.push(...body.data.map((event: { id: string }) => event.id));
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(ids).toEqual(['evt_p4', 'evt_p3', 'evt_p2', 'evt_p1']);

    const idsOf = async (query: Record<string, string>) =>
      (await operator.get('events', { ...range, ...query })).body.data.map(
        (event: { id: string }) => event.id,
      );
    expect(await idsOf({ outcome: 'ignored' })).toEqual(['evt_p4']);
    expect(await idsOf({ payment: id })).toEqual(['evt_p3', 'evt_p2', 'evt_p1']);
    expect(await idsOf({ provider: 'paypal' })).toEqual([]);
    expect(await idsOf({ to: '2026-01-01T00:00:02Z' })).toEqual(['evt_p1']);

    const { body } = await operator.get('events', { payment: id });
    expect(body.data[2]).toEqual({
      id: 'evt_p1',
      provider: 'stripe',
      type: 'payment_intent.processing',
      source: 'webhook',
      outcome: 'applied',
      reason: null,
      payment_id: id,
      provider_ref: 'pi_paged',
      mode: 'test',
      account: null,
      attempts: 1,
      received_at: '2026-01-01T00:00:01.000Z',
      processed_at: expect.stringMatching(/Z$/),
    });
  });

  it.each([
    ['cursor', 'x'],
    ['cursor', Buffer.from('2026-99-01T00:00:00.000000Z stripe evt_1').toString('base64url')],
    ['limit', '0'],
    ['outcome', 'lost'],
    ['payment', 'pi_1'],
    ['from', 'yesterday'],
    ['whatever', '1'],
  ])('refuses %s=%s', async (name, value) => {
    const { status, body } = await operator.get('events', { [name]: value });
    expect([status, body.code]).toEqual([400, 'request_invalid']);
  });
});

describe('GET /events/{id}', () => {
  it('shows what an event says', async () => {
    const event = {
      id: 'evt_shown',
      type: 'customer.created',
      created: 1,
      data: { object: { object: 'customer' } },
    };
    await deliver(reconciler(), event);
    const { status, body } = await operator.get('events/evt_shown');
    expect(status).toBe(200);
    expect(body.event).toMatchObject({
      id: 'evt_shown',
      outcome: 'ignored',
      body: JSON.stringify(event),
      observation: null,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      transmission_id: null,
    });
  });

  it('asks whose event it is where both providers have one of that id', async () => {
    const event = {
      id: 'twin-1',
      type: 'customer.created',
      created: 1,
      data: { object: { object: 'customer' } },
    };
    await deliver(reconciler(), event, {
      id: 'twin-1',
      event_type: 'VAULT.PAYMENT-TOKEN.CREATED',
      resource: {},
    } as never);
    const { status, body } = await operator.get('events/twin-1');
    expect([status, body.errors]).toEqual([400, [expect.objectContaining({ pointer: '/query/provider' })]]);
    const { body: paypals } = await operator.get('events/twin-1', { provider: 'paypal' });
    expect(paypals.event).toMatchObject({ provider: 'paypal', type: 'VAULT.PAYMENT-TOKEN.CREATED' });
  });
});

describe('POST /events/{id}/replay', () => {
  it('applies what a mended reader sees, once, and leaves a line', async () => {
    const { id, story } = await openStory(test, 'mended');
    const event = story.event('evt_mended', 'charge.succeeded', story.charge('succeeded'));
    await deliver(reconciler(), event);
    // As a reader of before left it, which saw nothing in it: the event is there, its effect is not.
    await test.admin.withConnection(async (tx) => {
      await tx.query('begin');
      await tx.query('set local session_replication_role = replica');
      await tx.query(`update private.inbox set outcome = 'ignored', reason = 'no facts', payment_id = null, provider_ref = null
                      where event_id = 'evt_mended'`);
      await tx.query('delete from private.ledger_entries where transaction_key like $1', ['%ch_mended%']);
      await tx.query('delete from private.ledger_transactions where payment_id = $1', [id]);
      await tx.query('delete from private.payment_facts where payment_id = $1', [id]);
      await tx.query(`update public.payments set status = 'created', captured_minor = 0 where id = $1`, [id]);
      await tx.query('commit');
    });
    const { status, body } = await operator.post('events/evt_mended/replay');
    expect([status, body]).toEqual([
      200,
      {
        success: true,
        event: expect.objectContaining({
          id: 'evt_mended',
          outcome: 'applied',
          reason: null,
          payment_id: id,
        }),
        payment: expect.objectContaining({ id, status: 'succeeded', captured_amount: 1999 }),
      },
    ]);
    const again = await operator.post('events/evt_mended/replay');
    expect(again.body).toEqual({ ...body, event: again.body.event });
    const [first, second, ...more] = await auditLines(test, 'events.replay');
    expect([first, second, more]).toEqual([
      expect.objectContaining({
        actor_id: operator.userId,
        actor_role: 'admin',
        target: 'stripe:evt_mended',
        before: { outcome: 'ignored', reason: 'no facts', payment_id: null },
        after: { outcome: 'applied', reason: null, payment_id: id },
        request_id: 'request-1',
      }),
      expect.objectContaining({ before: { outcome: 'applied', reason: null, payment_id: id } }),
      [],
    ]);
  });

  it('asks PayPal again about an event of its', async () => {
    const shopper = await newOperator(test, 'user');
    const { body } = await shopper.post('create-intent', { provider: 'paypal', price: 'pro' });
    const { id, provider_ref: ref } = body.payment;
    const event = { id: 'WH-again', event_type: 'CHECKOUT.ORDER.COMPLETED', resource: { id: ref } };
    await test.admin.query(
      `insert into private.inbox (provider, event_id, source, event_type, provider_ref, mode, body, received_at, outcome)
       values ('paypal', 'WH-again', 'webhook', $1, $2, 'test', $3, now(), 'held')`,
      [event.event_type, ref, JSON.stringify(event)],
    );
    test.paypal.payerAgrees(ref);
    await test.paypal.capture({ key: 'elsewhere', providerRef: ref });
    const { body: replayed } = await operator.post('events/WH-again/replay');
    expect(replayed).toMatchObject({ event: { outcome: 'applied' }, payment: { id, status: 'succeeded' } });
  });

  it.each(['events/evt_nowhere', 'events/evt_nowhere/replay'])('%s is not found', async (path) => {
    const { status, body } = await (path.endsWith('replay') ? operator.post(path) : operator.get(path));
    expect([status, body.code]).toEqual([404, 'not_found']);
  });
});

describe('POST /events/replay', () => {
  const range = { from: '2025-03-01T00:00:00Z', to: '2025-03-02T00:00:00Z' };

  it('puts the events of a range on the queue again, in slices, and leaves a line for each call', async () => {
    const { id, story } = await openStory(test, 'range');
    const messages = Array.from({ length: 130 }, (_, n) => {
      const receivedAt = new Date(Date.parse(range.from) + n * 1000).toISOString();
      return providerMessage(
        story.event(`evt_r${String(n).padStart(3, '0')}`, 'charge.succeeded', story.charge('succeeded')),
        { receivedAt },
      );
    });
    await deliver(reconciler(), ...messages);
    const before = (await operator.get('events', { ...range, limit: '100' })).body;
    const first = await operator.post('events/replay', { ...range, outcome: 'applied' });
    expect([first.status, first.body]).toEqual([
      202,
      { success: true, sent: 100, has_more: true, next_cursor: expect.any(String) },
    ]);
    const rest = await operator.post('events/replay', {
      ...range,
      outcome: 'applied',
      cursor: first.body.next_cursor,
    });
    expect(rest.body).toEqual({ success: true, sent: 30, has_more: false, next_cursor: null });
    expect(test.queue.sent).toEqual(messages.map((message) => ({ ...message, replay: true })));
    expect(await auditLines(test, 'events.replay_range')).toEqual(
      [100, 30].map((events) =>
        expect.objectContaining({
          target: `${range.from}/${range.to}`,
          after: expect.objectContaining({ events }),
        }),
      ),
    );
    // The reconciler takes them, and nothing changes.
    await deliver(reconciler(), ...test.queue.sent);
    expect((await operator.get('events', { ...range, limit: '100' })).body).toEqual(before);
    expect(await statusOf(id)).toBe('succeeded');
  });

  it('says when the queue is away', async () => {
    test.queue.isAway = true;
    const { status, body } = await operator.post('events/replay', range);
    test.queue.isAway = false;
    expect([status, body.code]).toEqual([503, 'queue_unavailable']);
  });

  it.each([
    {},
    { from: range.from },
    { ...range, to: 'now' },
    { ...range, cursor: 'x' },
    { ...range, limit: 1000 },
  ])('refuses %j', async (body) => {
    expect((await operator.post('events/replay', body)).status).toBe(400);
  });
});

describe.each([
  ['GET', 'events'],
  ['GET', 'events/evt_shown'],
  ['POST', 'events/evt_shown/replay'],
  ['POST', 'events/replay'],
  ['GET', 'dead-letters'],
  ['POST', 'dead-letters/redrive'],
  ['GET', 'reviews'],
  ['POST', 'reviews/evt_shown/resolve'],
] as const)('%s %s', (method, path) => {
  it('is not for a user, and for support only to read', async () => {
    for (const role of ['user', 'support'] as const) {
      const somebody = await newOperator(test, role);
      const { status, body } = method === 'GET' ? await somebody.get(path) : await somebody.post(path);
      if (role === 'support' && method === 'GET') expect(status).not.toBe(403);
      else expect([status, body.code]).toEqual([403, 'forbidden']);
    }
  });
});
