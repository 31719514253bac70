import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Database, makeDatabase } from '#shared/database/pool';
import { renderRebuild } from '../../local/rebuild/render-rebuild';
import { runRebuild } from '../../local/rebuild/run-rebuild';
import { startTandem } from '../../local/runner';
import type { Tandem } from '../../local/tandem';
import { insertPayment } from '../support/payment-rows';
import { signIn } from '../support/sign-in';
import { providerMessage } from '../support/sqs-event';
import { stripeStory } from '../support/stripe-objects';

/** An operator's routes through the gateway, the deployed bundle and its own environment, on the queues of the template. */
describe('an operator', () => {
  let tandem: Tandem;
  let stateDir: string;
  let admin: Database;
  let sqs: SQSClient;

  beforeAll(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'tandem-operator-'));
    tandem = await startTandem({ stateDir, durable: false, seedUsers: false });
    admin = makeDatabase({ connectionString: tandem.database?.url() ?? '', applicationName: 'test' });
    sqs = new SQSClient({
      region: 'us-east-1',
      endpoint: tandem.info.urls.sqs ?? '',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  }, 120_000);

  afterAll(async () => {
    sqs?.destroy();
    await admin?.close();
    await tandem?.close();
    rmSync(stateDir, { recursive: true, force: true });
  }, 30_000);

  it('sees a dead letter, has it tried again, replays a range, and nothing has changed', async () => {
    const { headers } = await signIn(admin, 'admin');
    const call = async (method: string, path: string, body?: object) => {
      const answer = await fetch(`${tandem.info.urls.api}/api/payments/${path}`, {
        method,
        headers: { ...headers, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
      return { status: answer.status, body: (await answer.json()) as any };
    };
    const until = async <T>(ask: () => Promise<T>, isDone: (value: T) => boolean): Promise<T> => {
      for (let tries = 0; ; tries += 1) {
        const value = await ask();
        if (isDone(value) || tries > 100) return value;
        await sleep(100);
      }
    };

    const reconciler = tandem.assembly.functions.find(({ name }) => name === 'reconcile');
    const source = tandem.assembly.eventSources.find(
      ({ functionArn }) => functionArn === reconciler?.logicalId,
    );
    const queue = tandem.assembly.queues.find(({ arn }) => arn === source?.queueArn);
    const QueueUrl = queue?.url ?? '';
    // One receive instead of five, and no waiting: this is about what comes afterwards.
    const redrive = JSON.parse(queue?.attributes.RedrivePolicy ?? '{}') as object;
    const Attributes = {
      VisibilityTimeout: '1',
      RedrivePolicy: JSON.stringify({ ...redrive, maxReceiveCount: 1 }),
    };
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    const { id } = await insertPayment(admin, { providerRef: 'pi_1' });
    const story = stripeStory({ paymentId: id });
    const good = providerMessage(story.event('evt_good', 'charge.succeeded', story.charge('succeeded')));
    const poison = providerMessage(
      story.event('evt_poison', 'charge.succeeded', { ...story.charge('succeeded'), amount: 'a lot' }),
    );
    for (const message of [good, poison])
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));

    const letters = await until(
      () => call('GET', 'dead-letters'),
      ({ body }) => body.count > 0,
    );
    expect(letters.body).toMatchObject({
      count: 1,
      data: [{ event: { provider: 'stripe', id: 'evt_poison', type: 'charge.succeeded' } }],
    });
    const redriven = await call('POST', 'dead-letters/redrive', {});
    expect([redriven.status, redriven.body]).toEqual([
      202,
      { success: true, task: expect.any(String), count: 1 },
    ]);
    // Tried again in vain, it is back.
    await until(
      () => call('GET', 'dead-letters'),
      ({ body }) => body.count > 0,
    );

    const range = { from: '2026-11-22T00:00:00Z', to: '2026-11-23T00:00:00Z' };
    const replayed = await call('POST', 'events/replay', range);
    expect([replayed.status, replayed.body]).toEqual([
      202,
      { success: true, sent: 1, has_more: false, next_cursor: null },
    ]);
    const one = await call('POST', 'events/evt_good/replay', {});
    expect(one.body).toMatchObject({
      event: { outcome: 'applied', attempts: 1 },
      payment: { id, status: 'succeeded' },
    });
    const { rows: lines } = await admin.query<{ action: string }>(
      'select action from private.audit_log order by id',
    );
    expect(lines.map(({ action }) => action)).toEqual([
      'dead_letters.redrive',
      'events.replay_range',
      'events.replay',
    ]);

    const rebuilt = await runRebuild({ sourceUrl: tandem.info.urls.database ?? '' });
    expect(renderRebuild(rebuilt)).toMatch(
      /^rebuilt 1 payments, 1 facts, 1 bookings from 1 reports in [\d.]+ s: equal\n$/,
    );
  }, 60_000);
});
