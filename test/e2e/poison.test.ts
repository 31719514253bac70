import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { makeDatabase } from '#shared/database/pool';
import { startTandem } from '../../local/runner';
import type { Tandem } from '../../local/tandem';
import { insertPayment, paymentRows } from '../support/payment-rows';
import { providerMessage } from '../support/sqs-event';
import { stripeStory } from '../support/stripe-objects';

/** The queue of the template, driven by AWS's own client. */
describe('a poison message', () => {
  let tandem: Tandem;
  let stateDir: string;

  beforeAll(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'tandem-poison-'));
    tandem = await startTandem({ stateDir, durable: false, seedUsers: false });
  }, 120_000);

  afterAll(async () => {
    await tandem?.close();
    rmSync(stateDir, { recursive: true, force: true });
  }, 30_000);

  it('reaches the dead-letter queue after five receives, and its neighbours are applied once', async () => {
    const sqs = new SQSClient({
      region: 'us-east-1',
      endpoint: tandem.info.urls.sqs ?? '',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const reconciler = tandem.assembly.functions.find(({ name }) => name === 'reconcile');
    const source = tandem.assembly.eventSources.find(
      ({ functionArn }) => functionArn === reconciler?.logicalId,
    );
    const queue = tandem.assembly.queues.find(({ arn }) => arn === source?.queueArn);
    const redrive = JSON.parse(queue?.attributes.RedrivePolicy ?? '{}') as { deadLetterTargetArn?: string };
    const letters = tandem.assembly.queues.find(({ arn }) => arn === redrive.deadLetterTargetArn);
    const QueueUrl = queue?.url ?? '';
    // Five receives at the template's own visibility time-out would take a quarter of an hour.
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '1' } }));
    const admin = makeDatabase({ connectionString: tandem.database?.url() ?? '', applicationName: 'test' });
    const payments = await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        const { id } = await insertPayment(admin, { providerRef: `pi_${name}` });
        const story = stripeStory({ intent: `pi_${name}`, charge: `ch_${name}`, paymentId: id });
        return { id, event: story.event(`evt_${name}`, 'charge.succeeded', story.charge('succeeded')) };
      }),
    );

    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'poison', MessageBody: 'this is no event' },
          ...payments.map(({ event }, index) => ({
            Id: `good-${index}`,
            MessageBody: JSON.stringify(providerMessage(event)),
          })),
        ],
      }),
    );

    const receiveDead = () =>
      sqs.send(new ReceiveMessageCommand({ QueueUrl: letters?.url ?? '', WaitTimeSeconds: 1 }));
    let dead = await receiveDead();
    for (let tries = 0; dead.Messages === undefined && tries < 30; tries += 1) dead = await receiveDead();
    expect(dead.Messages?.map(({ Body }) => Body)).toEqual(['this is no event']);
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
    });
    for (const { id } of payments) {
      const rows = await paymentRows(admin, id);
      expect(rows.payment).toMatchObject({ status: 'succeeded' });
      expect(rows.ledger).toHaveLength(2);
    }
    const { rows } = await admin.query('select event_id, attempts from private.inbox order by event_id');
    expect(rows).toEqual(['evt_a', 'evt_b', 'evt_c'].map((event_id) => ({ event_id, attempts: 1 })));
    await admin.close();
    sqs.destroy();
  }, 60_000);
});
