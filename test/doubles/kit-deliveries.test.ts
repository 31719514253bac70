import { createClock, type VirtualClock } from '../../local/doubles/clock';
import { createDeliveries, type Deliveries } from '../../local/doubles/deliveries';
import type { SignInput } from '../../local/doubles/delivery-types';
import { createDeliverySender } from '../../local/doubles/send-delivery';
import { startWebhookSink, type WebhookSink } from './webhook-sink';

describe('webhook deliveries', () => {
  let clock: VirtualClock;
  let sink: WebhookSink;
  let deliveries: Deliveries;
  let signed: SignInput[];

  function create(): Deliveries {
    const created = createDeliveries({
      clock,
      retryDelaysMs: [1_000, 60_000],
      sender: createDeliverySender({
        userAgent: 'test',
        timeoutMs: 300,
        flipMode: (body) => body.replace('"mode":"test"', '"mode":"live"'),
        sign(input) {
          signed.push(input);
          return { 'x-signature': input.badSignature ? 'bad' : 'good' };
        },
      }),
    });
    created.addEndpoint({ id: 'we_1', url: sink.url, secrets: [], enabledEvents: ['*'] });
    return created;
  }
  const publish = (id: string, type = 'a.b') =>
    deliveries.publish({ id, type, body: JSON.stringify({ id, type, mode: 'test', n: 19 }) });
  const ids = () => sink.events().map((one) => one.id);
  const states = () => deliveries.list().map((one) => one.state);

  beforeEach(async () => {
    clock = createClock();
    sink = await startWebhookSink();
    signed = [];
    deliveries = create();
  });
  afterEach(async () => {
    deliveries.close();
    clock.close();
    await sink.close();
  });

  it('sends the exact bytes, signed for the real time of the attempt', async () => {
    clock.advance(30 * 86_400_000);
    publish('evt_1');
    await deliveries.drain();
    expect(sink.received[0]?.rawBody.toString()).toBe('{"id":"evt_1","type":"a.b","mode":"test","n":19}');
    expect(Math.abs((signed[0]?.attemptTimeMs ?? 0) - Date.now())).toBeLessThan(5_000);
    expect(states()).toEqual(['delivered']);
  });

  it('retries on the virtual clock with new signatures until an answer is 2xx', async () => {
    sink.answers.push({ status: 500 }, { status: 302, headers: { location: '/elsewhere' } }, { status: 204 });
    publish('evt_1');
    await deliveries.drain();
    expect(states()).toEqual(['scheduled']);
    clock.advance(1_000);
    await deliveries.drain();
    clock.advance(60_000);
    await deliveries.drain();
    expect(states()).toEqual(['delivered']);
    expect(deliveries.ofEvent('evt_1')[0]?.attempts.map((one) => one.status)).toEqual([500, 302, 204]);
    expect(signed).toHaveLength(3);
  });

  it('gives up after the last retry', async () => {
    sink.answers.push({ status: 500 });
    publish('evt_1');
    for (let round = 0; round < 4; round++) {
      await deliveries.drain();
      clock.advance(60_000);
    }
    expect(states()).toEqual(['failed']);
    expect(sink.received).toHaveLength(3);
  });

  it('records a receiver that is not there', async () => {
    deliveries.addEndpoint({ id: 'we_1', url: 'http://127.0.0.1:1/', secrets: [], enabledEvents: ['*'] });
    publish('evt_1');
    await deliveries.drain();
    expect(deliveries.list()[0]?.attempts[0]).toMatchObject({
      status: null,
      error: expect.stringMatching(/./),
    });
  });

  it('sends each endpoint what it asked for', async () => {
    deliveries.addEndpoint({ id: 'we_1', url: sink.url, secrets: [], enabledEvents: ['charge.*', 'x'] });
    expect([
      publish('evt_1', 'charge.failed'),
      publish('evt_2', 'refund.created'),
      publish('evt_3', 'x'),
    ]).toEqual([1, 0, 1]);
    await deliveries.drain();
    expect(ids().sort()).toEqual(['evt_1', 'evt_3']);
  });

  it('delays', async () => {
    deliveries.setRules({ delayMs: 5_000 });
    publish('evt_1');
    await deliveries.drain();
    expect(sink.received).toHaveLength(0);
    clock.advance(5_000);
    await deliveries.drain();
    expect(ids()).toEqual(['evt_1']);
  });

  it('drops the next n for good, or by chance with a seed', async () => {
    deliveries.setRules({ dropNext: 2 });
    for (const id of ['evt_1', 'evt_2', 'evt_3']) publish(id);
    await deliveries.drain();
    expect(states()).toEqual(['dropped', 'dropped', 'delivered']);
    deliveries.setRules({ dropProbability: 0.5, seed: 4 });
    for (let count = 0; count < 100; count++) publish(`evt_x${count}`);
    await deliveries.drain();
    const dropped = states().filter((one) => one === 'dropped').length - 2;
    expect(dropped).toBeGreaterThan(30);
    expect(dropped).toBeLessThan(70);
  });

  it('sends copies', async () => {
    deliveries.setRules({ copies: 5, types: ['a.*'] });
    publish('evt_1');
    publish('evt_2', 'b.c');
    await deliveries.drain();
    expect(ids().sort()).toEqual([...Array(5).fill('evt_1'), 'evt_2']);
  });

  it('reorders a window the same way for the same seed', async () => {
    const order = async () => {
      sink.clear();
      deliveries.setRules({ reorder: { windowMs: 1_000, seed: 9 } });
      for (let count = 0; count < 8; count++) publish(`evt_${count}`);
      clock.advance(1_000);
      await deliveries.drain();
      return ids();
    };
    const first = await order();
    expect(first).not.toEqual([...first].sort());
    expect([...first].sort()).toEqual(Array.from({ length: 8 }, (_, count) => `evt_${count}`));
    expect(await order()).toEqual(first);
  });

  it('holds everything while paused and releases it after', async () => {
    deliveries.setRules({ paused: true });
    publish('evt_1');
    await deliveries.drain();
    expect(states()).toEqual(['held']);
    deliveries.setRules({});
    await deliveries.drain();
    expect(states()).toEqual(['delivered']);
  });

  it('forges signatures, bodies, times and modes', async () => {
    const event = { id: 'evt_1', type: 'a.b', body: '{"mode":"test","n":19}' };
    await deliveries.deliverNow(event, { badSignature: true });
    await deliveries.deliverNow(event, { alteredBody: true });
    await deliveries.deliverNow(event, { timestampOffsetMs: -600_000 });
    await deliveries.deliverNow(event, { otherMode: true });
    expect(sink.received[0]?.headers['x-signature']).toBe('bad');
    expect(sink.received[1]?.rawBody.toString()).toBe('{"mode":"test","n":18}');
    expect(signed[1]?.rawBody.toString()).toBe('{"mode":"test","n":19}');
    expect(Date.now() - (signed[2]?.attemptTimeMs ?? 0)).toBeGreaterThan(590_000);
    expect(sink.received[3]?.rawBody.toString()).toBe('{"mode":"live","n":19}');
    expect(deliveries.list()).toEqual([]);
  });

  it('posts bytes that are no text', async () => {
    const body = Buffer.from([0xff, 0xfe, 0x00]);
    await deliveries.deliverNow({ id: 'x', type: 'x', body }, null);
    expect(sink.received[0]?.rawBody.equals(body)).toBe(true);
  });

  it('sends again on request, known events only', async () => {
    publish('evt_1');
    await deliveries.drain();
    expect([
      deliveries.resend('evt_1'),
      deliveries.resend('evt_1', 'we_other'),
      deliveries.resend('evt_2'),
    ]).toEqual([1, 0, 0]);
    await deliveries.drain();
    expect(ids()).toEqual(['evt_1', 'evt_1']);
  });

  it('takes up after a restart what was on its way', async () => {
    deliveries.setRules({ delayMs: 60_000 });
    publish('evt_1');
    const saved = JSON.parse(JSON.stringify(deliveries.snapshot()));
    deliveries.close();
    deliveries = create();
    deliveries.restore(saved);
    await deliveries.drain();
    expect(sink.received).toHaveLength(0);
    clock.advance(60_000);
    await deliveries.drain();
    expect(ids()).toEqual(['evt_1']);
  });

  it('sends any number at once, a few at a time, and none of them twice', async () => {
    for (let count = 0; count < 300; count++) publish(`evt_${count}`);
    await deliveries.drain();
    expect(new Set(ids()).size).toBe(300);
    expect(sink.received).toHaveLength(300);
  });

  it('does not send what still waits for its turn when all is forgotten', async () => {
    for (let count = 0; count < 300; count++) publish(`evt_${count}`);
    deliveries.reset();
    await deliveries.drain();
    expect(sink.received.length).toBeLessThanOrEqual(32);
    const before = sink.received.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sink.received.length).toBe(before);
  });

  it('lets deliveries overtake each other when they are spread, alike for one seed', async () => {
    const order = async () => {
      deliveries.setRules({ spreadMs: 5_000, seed: 4, copies: 3 });
      for (const id of ['evt_1', 'evt_2', 'evt_3', 'evt_4']) publish(id);
      const due = deliveries.list().map((one) => one.dueMs ?? 0);
      expect(new Set(due).size).toBeGreaterThan(8);
      clock.advance(5_000);
      await deliveries.drain();
      const first = Math.min(...due);
      deliveries.reset();
      return due.map((one) => one - first);
    };
    const [once, again] = [await order(), await order()];
    for (const [place, ms] of once.entries()) expect(Math.abs(ms - (again[place] ?? 0))).toBeLessThan(50);
    expect(ids()).toHaveLength(24);
    expect(ids().slice(0, 12)).not.toEqual([...ids().slice(0, 12)].sort());
  });

  it('forgets all on reset, also what is on its way', async () => {
    deliveries.setRules({ delayMs: 1_000 });
    publish('evt_1');
    deliveries.reset();
    clock.advance(10_000);
    await deliveries.drain();
    expect(sink.received).toHaveLength(0);
    expect(deliveries.rules()).toMatchObject({ delayMs: 0, copies: 1, paused: false });
  });
});
