import { disputeOn, isRefundable } from './dispute-life';
import type { Emitted, Happening } from './happening';
import {
  latestCharge,
  type ModelCharge,
  type ModelIntent,
  newCharge,
  promisedBack,
  STRIPE_UNITS,
  takenCharge,
} from './model-intent';
import type { Random } from './random';
import { chargeSnapshot, intentSnapshot, refundSnapshot } from './stripe-snapshots';

type Detail = 'event' | 'events_of_old';

/** Lets one more thing happen to an intent, as Stripe's own life cycle allows, and says which events tell of it. `now`: seconds. */
export const liveOn = (intent: ModelIntent, random: Random, detail: Detail, now: number): Happening => {
  const charge = latestCharge(intent);
  switch (intent.status) {
    case 'requires_payment_method':
      if (intent.charges.length > 3 || random.chance(0.12)) return cancel(intent, charge, detail);
      return random.chance(0.1) ? turn(intent, 'requires_confirmation') : attempt(intent, random, detail);
    case 'requires_confirmation':
      return attempt(intent, random, detail);
    case 'requires_action':
      if (random.chance(0.1)) return cancel(intent, charge, detail);
      if (random.chance(0.2)) return decline(intent, null, detail, 'authentication_required');
      return random.chance(0.1) ? turn(intent, 'requires_payment_method') : attempt(intent, random, detail);
    case 'processing':
      return charge === null || random.chance(0.3)
        ? decline(intent, charge, detail, 'insufficient_funds')
        : take(intent, charge, intent.amount, detail);
    case 'requires_capture':
      if (charge === null || random.chance(0.25)) return cancel(intent, charge, detail);
      return take(
        intent,
        charge,
        random.chance(0.5) ? intent.amount : part(intent, intent.amount, random),
        detail,
      );
    case 'succeeded':
      return afterwards(intent, random, detail, now);
    case 'canceled':
      return null;
  }
};

/** Some of an amount, at least one whole unit of the currency. */
const part = ({ currency }: ModelIntent, amount: number, random: Random): number => {
  const unit = STRIPE_UNITS[currency] ?? 1;
  return unit * (1 + random.below(amount / unit));
};

const tell = (what: string, ...emitted: Emitted[]): Happening => ({ what, emitted });

const intentEvent = (intent: ModelIntent): Emitted => ({
  type: `payment_intent.${intent.status}`,
  object: intentSnapshot(intent, 'event'),
});

const chargeEvent = (type: string, intent: ModelIntent, charge: ModelCharge, detail: Detail): Emitted => ({
  type,
  object: chargeSnapshot(intent, charge, detail),
});

const turn = (intent: ModelIntent, status: ModelIntent['status']): Happening => {
  intent.status = status;
  return tell(status, intentEvent(intent));
};

const attempt = (intent: ModelIntent, random: Random, detail: Detail): Happening => {
  if (intent.status !== 'requires_action' && random.chance(0.25)) return turn(intent, 'requires_action');
  if (random.chance(0.3))
    return decline(intent, null, detail, random.pick(['generic_decline', 'expired_card']));
  const charge = newCharge(intent, 'succeeded');
  intent.charges.push(charge);
  intent.lastError = null;
  if (random.chance(0.2)) {
    charge.status = 'pending';
    intent.status = 'processing';
    return tell('processing', intentEvent(intent), chargeEvent('charge.pending', intent, charge, detail));
  }
  if (intent.capture === 'automatic') return take(intent, charge, intent.amount, detail);
  intent.status = 'requires_capture';
  return tell('authorized', chargeEvent('charge.succeeded', intent, charge, detail), intentEvent(intent));
};

const decline = (intent: ModelIntent, known: ModelCharge | null, detail: Detail, code: string): Happening => {
  const charge = known ?? failedCharge(intent);
  charge.status = 'failed';
  intent.status = 'requires_payment_method';
  intent.lastError = code;
  return tell(`declined: ${code}`, chargeEvent('charge.failed', intent, charge, detail), {
    type: 'payment_intent.payment_failed',
    object: intentSnapshot(intent, 'event'),
  });
};

const failedCharge = (intent: ModelIntent): ModelCharge => {
  const charge = newCharge(intent, 'failed');
  intent.charges.push(charge);
  return charge;
};

const take = (intent: ModelIntent, charge: ModelCharge, amount: number, detail: Detail): Happening => {
  const type = charge.status === 'succeeded' ? 'charge.captured' : 'charge.succeeded';
  charge.status = 'succeeded';
  charge.captured = true;
  charge.amountCaptured = amount;
  intent.status = 'succeeded';
  return tell(
    `captured ${amount} of ${intent.amount}`,
    chargeEvent(type, intent, charge, detail),
    intentEvent(intent),
  );
};

/** Canceled by us, by the provider, or because an authorization lapsed: the hold is released. */
const cancel = (intent: ModelIntent, charge: ModelCharge | null, detail: Detail): Happening => {
  const lapsed = charge !== null && intent.status === 'requires_capture';
  intent.status = 'canceled';
  return tell(
    'canceled',
    ...(lapsed ? [chargeEvent('charge.expired', intent, charge, detail)] : []),
    intentEvent(intent),
  );
};

const afterwards = (intent: ModelIntent, random: Random, detail: Detail, now: number): Happening => {
  const charge = takenCharge(intent);
  if (charge === null) return null;
  if (charge.fee === null) {
    charge.fee = Math.floor(charge.amountCaptured / 3500) * 100;
    return tell(`fee ${charge.fee}`, chargeEvent('charge.updated', intent, charge, detail));
  }
  if (random.chance(0.25)) {
    const disputed = disputeOn(intent, charge, random, detail, now);
    if (disputed !== null) return disputed;
  }
  const left = isRefundable(charge) ? charge.amountCaptured - promisedBack(charge) : 0;
  if (left > 0 && charge.refunds.length < 5 && random.chance(0.5)) {
    const amount = random.chance(0.4) ? left : part(intent, left, random);
    const status = random.pick(['pending', 'succeeded', 'succeeded', 'requires_action']);
    charge.refunds.push({ id: `re_${charge.id}_${charge.refunds.length}`, amount, status });
    return tellRefund(intent, charge, charge.refunds.length - 1, detail, 'refund.created');
  }
  const movable = charge.refunds.findIndex(({ status }) => status !== 'failed' && status !== 'canceled');
  if (movable < 0) return null;
  moveRefund(charge, movable + random.below(charge.refunds.length - movable), random);
  return tellRefund(intent, charge, movable, detail, 'refund.updated');
};

const moveRefund = (charge: ModelCharge, index: number, random: Random): void => {
  const refund = charge.refunds[index];
  if (refund === undefined) return;
  if (refund.status === 'requires_action') refund.status = random.pick(['pending', 'canceled', 'succeeded']);
  else if (refund.status === 'pending') refund.status = random.pick(['succeeded', 'succeeded', 'failed']);
  // A bank may return a refund days after it succeeded.
  else if (refund.status === 'succeeded' && random.chance(0.3)) refund.status = 'failed';
};

const tellRefund = (
  intent: ModelIntent,
  charge: ModelCharge,
  index: number,
  detail: Detail,
  type: string,
): Happening => {
  const told = charge.refunds
    .slice(index)
    .map((refund) => ({ type, object: refundSnapshot(intent, charge, refund) }));
  const what = charge.refunds.map(({ amount, status }) => `${amount} ${status}`).join(', ');
  return tell(`refunds: ${what}`, ...told, chargeEvent('charge.refunded', intent, charge, detail));
};
