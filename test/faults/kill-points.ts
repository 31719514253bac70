import type { Fault } from '../../local/lambda/fault';

/** Names of the functions that are killed. */
export type Victim = 'payment' | 'webhook' | 'reconcile' | 'sweep';

/** One place in the life of a call at which its process dies or freezes. */
export interface KillPoint {
  readonly name: string;
  readonly victim: Victim;
  readonly at: Exclude<Fault['at'], { kind: 'after-ms' }>;
  /** Part of the event (as JSON) of the calls that pass the point; default any call of the function. */
  readonly during?: string;
}

type Moment = 'before-send' | 'after-send' | 'before-receive';

const point = (victim: Victim, step: string, kind: Moment, text: string, during?: string): KillPoint => ({
  name: `${victim}: ${kind} ${step}`,
  victim,
  at: { kind, text },
  ...(during !== undefined && { during }),
});

/** Before the bytes leave, and after they did: the work is undone, or it is done and nobody here knows. */
const around = (victim: Victim, step: string, text: string, during?: string): readonly KillPoint[] => [
  point(victim, step, 'before-send', text, during),
  point(victim, step, 'after-send', text, during),
];

const CREATE = '/create-intent';
const CONFIRM_STRIPE = '/confirm-stripe';
const CONFIRM_PAYPAL = '/confirm-paypal';
const REFUND = '/refund"';
const FROM_PAYPAL = String.raw`\"provider\":\"paypal\"`;

/** Every step of every path that money takes, as data. `text` is a piece of what goes over the wire there. */
export const killPoints: readonly KillPoint[] = [
  // Starting a payment.
  ...around('payment', 'claim of the Idempotency-Key', 'insert into private.idempotency_keys', CREATE),
  ...around('payment', 'new payment and intended call', 'insert into public.payments', CREATE),
  ...around('payment', 'create at Stripe', 'POST /v1/payment_intents HTTP', CREATE),
  point('payment', "Stripe's new intent", 'before-receive', '"client_secret"', CREATE),
  ...around('payment', 'create at PayPal', 'POST /v2/checkout/orders HTTP', CREATE),
  point('payment', "PayPal's new order", 'before-receive', 'payer-action', CREATE),
  ...around('payment', 'write of the new intent', 'insert into private.inbox', CREATE),
  ...around('payment', 'answer kept for its key', "set state = 'done'", CREATE),
  // Confirming it.
  ...around('payment', 'question to Stripe', 'GET /v1/payment_intents/', CONFIRM_STRIPE),
  ...around('payment', 'write of the confirmation', 'insert into private.inbox', CONFIRM_STRIPE),
  ...around('payment', 'intended capture', "'capture:'", CONFIRM_PAYPAL),
  ...around('payment', 'capture at PayPal', '/capture HTTP', CONFIRM_PAYPAL),
  point('payment', "PayPal's capture", 'before-receive', '"captures"', CONFIRM_PAYPAL),
  ...around('payment', 'write of the capture', 'insert into private.inbox', CONFIRM_PAYPAL),
  // Giving it back.
  ...around('payment', 'lock for a refund', 'select from public.payments where id', REFUND),
  ...around('payment', 'intended refund', "'refund', $4::json", REFUND),
  ...around('payment', 'refund at Stripe', 'POST /v1/refunds HTTP', REFUND),
  ...around('payment', 'refund at PayPal', '/refund HTTP', REFUND),
  ...around('payment', 'write of the refund', 'insert into private.inbox', REFUND),
  // Webhooks on their way in.
  ...around('webhook', 'message to the queue', 'AmazonSQS.SendMessage'),
  point('webhook', "the queue's receipt", 'before-receive', 'MD5OfMessageBody'),
  // Applying them.
  point('reconcile', 'reading of payments', 'before-send', 'with keys as'),
  ...around('reconcile', 'question to PayPal', 'GET /v2/', FROM_PAYPAL),
  ...around('reconcile', 'write of a batch', 'insert into private.inbox'),
  // After it the work is done and known to be: that death is none to a call.
  point('reconcile', 'verdict on a batch', 'before-send', 'batchItemFailures'),
  // Looking after what webhooks did not tell.
  ...around('sweep', 'claim of open payments', 'for no key update of p skip locked'),
  ...around('sweep', 'question to Stripe', 'GET /v1/payment_intents/'),
  ...around('sweep', 'question to PayPal', 'GET /v2/checkout/orders/'),
  ...around('sweep', 'write of what it saw', 'insert into private.inbox'),
  point('sweep', 'forgetting old keys', 'before-send', 'private.forget_idempotency_keys'),
];
