import type { Shop } from './buy';
import { bump } from './counters';
import type { PurchasePlan } from './plan-purchase';

type Steps = readonly { readonly path: string; readonly body?: object }[];
type Dispute = Exclude<PurchasePlan['dispute'], 'none'>;

/** What the bank does after it opened a dispute at Stripe; `id` stands for the dispute's. */
const stripeSteps: Readonly<Record<Dispute, { readonly isInquiry: boolean; readonly steps: Steps }>> = {
  'stays open': { isInquiry: false, steps: [{ path: '/review' }] },
  won: { isInquiry: false, steps: [{ path: '/review' }, { path: '/close', body: { outcome: 'won' } }] },
  'won with its fee': {
    isInquiry: false,
    steps: [{ path: '/close', body: { outcome: 'won', returnsFee: true } }],
  },
  lost: { isInquiry: false, steps: [{ path: '/close', body: { outcome: 'lost' } }] },
  'inquiry closed': {
    isInquiry: true,
    steps: [{ path: '/review' }, { path: '/close', body: { outcome: 'warning_closed' } }],
  },
  'inquiry escalates': {
    isInquiry: true,
    steps: [{ path: '/escalate' }, { path: '/close', body: { outcome: 'lost' } }],
  },
  'taken back': { isInquiry: false, steps: [{ path: '/close', body: { outcome: 'lost' } }] },
};

const chargeback = { stage: 'CHARGEBACK', channel: 'EXTERNAL' };
const fee = { fee: 1_500 };

/** The same at PayPal. A reversal without a dispute has no steps. */
const paypalSteps: Readonly<Record<Dispute, { readonly opening: object; readonly steps: Steps }>> = {
  'stays open': { opening: chargeback, steps: [{ path: '/take' }] },
  won: {
    opening: chargeback,
    steps: [{ path: '/take' }, { path: '/resolve', body: { outcome: 'RESOLVED_SELLER_FAVOUR' } }],
  },
  'won with its fee': {
    opening: chargeback,
    steps: [
      { path: '/take', body: fee },
      { path: '/resolve', body: { outcome: 'RESOLVED_SELLER_FAVOUR' } },
    ],
  },
  lost: {
    opening: chargeback,
    steps: [{ path: '/resolve', body: { outcome: 'RESOLVED_BUYER_FAVOUR', ...fee } }],
  },
  'inquiry closed': { opening: {}, steps: [{ path: '/resolve', body: { outcome: 'CANCELED_BY_BUYER' } }] },
  'inquiry escalates': {
    opening: {},
    steps: [
      { path: '', body: { stage: 'CHARGEBACK' } },
      { path: '/resolve', body: { outcome: 'RESOLVED_BUYER_FAVOUR' } },
    ],
  },
  'taken back': { opening: {}, steps: [] },
};

/** What a payer's bank does about a payment afterwards. Does nothing about a payment that was not captured in time. */
export const disputePurchase = async (
  { tandem, db, counters }: Shop,
  { provider, dispute }: PurchasePlan,
  paymentId: string,
): Promise<void> => {
  if (dispute === 'none') return;
  const [capture] = await db.query<{ readonly object_id: string }>(
    `select object_id from private.payment_facts
     where payment_id = $1::uuid and kind = 'capture' and status = 'succeeded'`,
    [paymentId],
  );
  if (capture === undefined) return;
  bump(counters.disputes, dispute);
  const base = `${tandem.doubles[provider]?.url}/_control/${provider}`;
  if (provider === 'paypal' && dispute === 'taken back') {
    await post(`${base}/captures/${capture.object_id}`, { status: 'REVERSED' });
    return;
  }
  const { opening, steps } =
    provider === 'stripe'
      ? {
          opening: { charge: capture.object_id, isInquiry: stripeSteps[dispute].isInquiry },
          steps: stripeSteps[dispute].steps,
        }
      : {
          opening: { captureId: capture.object_id, ...paypalSteps[dispute].opening },
          steps: paypalSteps[dispute].steps,
        };
  const { id, dispute_id } = await post(`${base}/disputes`, opening);
  for (const { path, body = {} } of steps) await post(`${base}/disputes/${id ?? dispute_id}${path}`, body);
};

/** Sends a part of Stripe's balance to our bank, which takes it or sends it back. */
export const payOut = async (
  { tandem, counters }: Shop,
  ends: 'paid' | 'failed' | 'canceled',
): Promise<void> => {
  const { stripe } = tandem.doubles;
  if (stripe === undefined) return;
  const ask = (path: string, body: Record<string, string>) =>
    fetch(`${stripe.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stripe.secretKey}` },
      body: new URLSearchParams(body),
    });
  const made = await ask('/v1/payouts', { amount: '100', currency: 'usd' });
  const { id } = (await made.json()) as { readonly id?: string };
  if (id === undefined) return; // nothing in the balance yet
  bump(counters.payouts, ends);
  if (ends === 'canceled') await ask(`/v1/payouts/${id}/cancel`, {});
  else await post(`${stripe.url}/_control/stripe/payouts/${id}`, { status: ends });
};

const post = async (
  url: string,
  body: object,
): Promise<{ readonly id?: string; readonly dispute_id?: string }> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
  return JSON.parse(text) as { readonly id?: string };
};
