import { AppError } from '#shared/errors/app-error';
import { isRepeatable } from '../domain/call-horizon';
import { openPaymentStatuses } from '../domain/payment-status';
import { type PaymentSummary, summarise } from '../domain/payment-summary';
import { amountToCharge, type Price } from '../domain/price';
import type { Provider } from '../domain/provider-scale';
import type { CreateRequest } from '../ports';
import { type OpenedPayment, openPayment } from '../sql/open-payment';
import { type MadeIntent, type MakeIntentDeps, makeIntent } from './make-intent';
import { reportOf } from './observe';
import { reconcile } from './reconcile';
import { type IdempotencyDeps, type IdempotentRequest, withIdempotencyKey } from './with-idempotency-key';

export interface CreateIntentDeps extends MakeIntentDeps, IdempotencyDeps {
  readonly findPrice: (id: string) => Promise<Price | null>;
}

export interface CreateIntentRequest extends Omit<IdempotentRequest, 'route'> {
  readonly provider: Provider;
  readonly priceId: string;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
}

export interface IntentStarted {
  readonly payment: PaymentSummary;
  readonly clientSecret: string | null;
  readonly approveUrl: string | null;
}

/**
 * Starts a payment: price from the catalogue, payment and intended call written, provider asked with a stable key, its answer
 * folded in as facts. Whatever dies in between, a retry with the same Idempotency-Key or the sweep goes on with the same
 * payment and the same call. `render` makes the answer that a repeat of the key gets again.
 */
export const createIntent = async <Answer>(
  deps: CreateIntentDeps,
  request: CreateIntentRequest,
  render: (started: IntentStarted) => Answer,
): Promise<Answer> => {
  const price = await deps.findPrice(request.priceId);
  if (price === null) throw new AppError('price_not_found');
  const money = amountToCharge(price, request);
  return withIdempotencyKey(deps, { ...request, route: 'create-intent' }, async (id) => {
    const { userId, provider } = request;
    const key = `create:${id}`;
    const asked = {
      id,
      provider,
      userId,
      priceId: price.id,
      description: price.name,
      ...money,
      callKey: key,
    };
    const opened = await openPayment(deps.database, asked);
    refuseEndedPayment(provider, opened, deps.now());
    // What the first try wrote, whatever the price is by now: the same key must be the same call.
    const { amountMinor, currency, description } = opened;
    const call: CreateRequest = { key, paymentId: id, userId, amountMinor, currency, description };
    const created = await makeIntent(deps, { id, provider, createdAt: opened.createdAt }, call);
    return render(await settle(deps, id, created));
  });
};

/**
 * A retry that comes after its payment has ended, or after the provider may have forgotten the call's key, must not hand out
 * an intent that nobody looks after.
 */
const refuseEndedPayment = (provider: Provider, opened: OpenedPayment, now: number): void => {
  const { status, providerRef, createdAt } = opened;
  const isForgotten =
    providerRef === null && !isRepeatable({ provider, operation: 'create', createdAt }, now);
  if (isForgotten || !openPaymentStatuses.includes(status)) throw new AppError('payment_ended');
};

const settle = async (
  deps: CreateIntentDeps,
  paymentId: string,
  created: MadeIntent,
): Promise<IntentStarted> => {
  const report = reportOf(deps, 'create', created);
  const result = (await reconcile(deps, [report])).get(report.eventId);
  if (result?.outcome !== 'applied' || result.payment.id !== paymentId)
    throw new AppError('payment_mismatch');
  return {
    payment: summarise(result.payment, result.payment),
    clientSecret: created.clientSecret,
    approveUrl: created.approveUrl,
  };
};
