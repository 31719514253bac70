import type { Random } from '../../local/doubles/random';
import type { Tandem } from '../../local/tandem';
import type { Counters } from './counters';

interface Forged {
  readonly attempts?: readonly { readonly status: number | null }[];
}

/** PayPal's signature does not hold for these; each must be refused. */
const refused = [
  'other-webhook-id',
  'unsigned',
  'sha1-algorithm',
  'foreign-cert-url',
  'self-signed',
  'replay-other-body',
];

/** Sends one delivery that no provider sent. */
export const forgeDelivery = async (
  { doubles }: Tandem,
  random: Random,
  counters: Counters,
): Promise<void> => {
  const kind = random.next();
  if (kind < 0.4) await forgeStripe(doubles, random, counters);
  else if (kind < 0.7)
    await forgePayPal(doubles, refused[Math.floor(random.next() * refused.length)] ?? 'unsigned', counters);
  else await forgePayPal(doubles, 'crc32-collision', counters);
};

/** Says that a stranger's intent was paid a hundred times over. */
const forgeStripe = async (doubles: Tandem['doubles'], random: Random, counters: Counters): Promise<void> => {
  const paid = doubles.stripe?.ledger().at(-1);
  const object = {
    id: paid?.objects.payment_intent ?? 'pi_none',
    object: 'payment_intent',
    status: 'succeeded',
    amount: 999_999,
    amount_received: 999_999,
    currency: 'usd',
    metadata: { payment_id: paid?.paymentId ?? crypto.randomUUID() },
    latest_charge: 'ch_forged',
  };
  const id = `evt_forged${random.text(10)}`;
  const body = { id, object: 'event', type: 'payment_intent.succeeded', livemode: false, data: { object } };
  const forge = [
    { badSignature: true },
    { alteredBody: true },
    { timestampOffsetMs: -900_000 },
    { timestampOffsetMs: 900_000 },
    { otherMode: true },
  ];
  const order = {
    body,
    eventId: id,
    type: body.type,
    forge: forge[Math.floor(random.next() * forge.length)],
  };
  const { attempts } = await post(`${doubles.stripe?.url}/_control/deliver`, order);
  count(counters, attempts, true);
};

const forgePayPal = async (doubles: Tandem['doubles'], kind: string, counters: Counters): Promise<void> => {
  const { attempts } = await post(`${doubles.paypal?.url}/_control/paypal/forge`, { kind });
  if (kind === 'crc32-collision') counters.crcForgeries += attempts?.length ?? 0;
  count(counters, attempts, kind !== 'crc32-collision');
};

const count = (counters: Counters, attempts: Forged['attempts'], mustBeRefused: boolean): void => {
  for (const { status } of attempts ?? []) {
    counters.forgedDeliveries += 1;
    if (mustBeRefused && status !== null && status < 300) counters.forgeriesAccepted += 1;
  }
};

const post = async (url: string, body: unknown): Promise<Forged> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Forged;
};
