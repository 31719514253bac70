import { AppError } from '#shared/errors/app-error';
import { isRepeatable } from '../domain/call-horizon';
import { openPaymentStatuses } from '../domain/payment-status';
import { type PaymentSummary, summarise } from '../domain/payment-summary';
import { amountToCharge, type Price } from '../domain/price';
import type { Provider } from '../domain/provider-scale';
import { TIME_OF_WRITING } from '../sql/apply-statement';
import type { LoadedPayment } from '../sql/load-payments';
import { type NewPayment, type OpenedPayment, openPayment } from '../sql/open-payment';
import { startPayment } from '../sql/start-payment';
import type { Reconciled } from './fold-reports';
import { type MakeIntentDeps, makeIntent } from './make-intent';
import { reportOf } from './observe';
import { reconcileAndAnswer } from './reconcile';
import {
  type Answered,
  answerOnce,
  type Claim,
  type IdempotencyDeps,
  type IdempotentRequest,
  repeatAnswer,
  withIdempotencyKey,
} from './with-idempotency-key';

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

type Render<Answer> = (started: IntentStarted) => Answer;

/**
 * Starts a payment: price from the catalogue, payment and intended call written, provider asked with a stable key, its answer
 * folded in as facts. Whatever dies in between, a retry with the same Idempotency-Key or the sweep goes on with the same
 * payment and the same call. `render` makes the answer that a repeat of the key gets again; it must take the time of the
 * last change from nowhere but `payment.updatedAt`.
 *
 * The first try takes two statements: one before the provider is asked, one after.
 */
export const createIntent = async <Answer>(
  deps: CreateIntentDeps,
  request: CreateIntentRequest,
  render: Render<Answer>,
): Promise<Answer> => {
  if (deps.providers[request.provider].isConfigured === false) throw new AppError('provider_not_configured');
  const route = 'create-intent';
  const { userId, key, requestHash } = request;
  const claim = key === null ? null : { userId, route, key };
  const priced = await priceOf(deps, request).catch(async (error: unknown) => {
    // The price has changed or gone since the first try; its answer has not.
    const first = await repeatAnswer<Answer>(deps, claim, requestHash);
    if (first === null) throw error;
    return first;
  });
  if ('repeated' in priced) return priced.repeated;
  const asPayment = (id: string): NewPayment => ({ ...priced, id, callKey: `create:${id}` });

  const opened = asPayment(deps.makeId());
  const started = await startPayment(
    deps.database,
    opened,
    claim === null ? null : { ...claim, requestHash },
  );
  if (started !== null) {
    const created = { ...opened, createdAt: started.createdAt.getTime() };
    return answerOnce(deps, claim, () => make(deps, created, render, { known: started, claim }));
  }
  return withIdempotencyKey(deps, { ...request, route }, (id) => resume(deps, asPayment(id), render));
};

/** What is to be paid, by the catalogue. */
const priceOf = async (
  deps: Pick<CreateIntentDeps, 'findPrice'>,
  request: CreateIntentRequest,
): Promise<Omit<NewPayment, 'id' | 'callKey'>> => {
  const price = await deps.findPrice(request.priceId);
  if (price === null) throw new AppError('price_not_found');
  const { userId, provider } = request;
  return { userId, provider, priceId: price.id, description: price.name, ...amountToCharge(price, request) };
};

/** A retry: goes on with what the first try wrote, whatever the price is by now, since the same key must be the same call. */
const resume = async <Answer>(
  deps: CreateIntentDeps,
  asked: NewPayment,
  render: Render<Answer>,
): Promise<Answer> => {
  const opened = await openPayment(deps.database, asked);
  refuseEndedPayment(asked.provider, opened, deps.now());
  return (await make(deps, { ...asked, ...opened }, render, { known: null, claim: null })).answer;
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

interface Held {
  /** The payment as this request has just written it; null to read it. */
  readonly known: LoadedPayment | null;
  /** The claim whose answer is to be kept with the facts. */
  readonly claim: Claim | null;
}

/** Asks the provider, folds its answer in, and makes ours. */
const make = async <Answer>(
  deps: CreateIntentDeps,
  opened: NewPayment & Pick<OpenedPayment, 'createdAt'>,
  render: Render<Answer>,
  { known, claim }: Held,
): Promise<Answered<Answer>> => {
  const { id, userId, amountMinor, currency, description, callKey } = opened;
  const call = { key: callKey, paymentId: id, userId, amountMinor, currency, description };
  const intent = await makeIntent(deps, opened, call);
  const renderWith = (payment: LoadedPayment): Answer =>
    render({
      payment: summarise(payment, payment),
      clientSecret: intent.clientSecret,
      approveUrl: intent.approveUrl,
    });
  const report = reportOf(deps, 'create', intent);
  const { results, isAnswered } = await reconcileAndAnswer(
    deps,
    [report],
    known === null ? null : [known],
    ([folded]) => {
      const result = folded?.result;
      if (claim === null || !isAbout(result, id)) return null;
      const response = JSON.stringify(renderWith({ ...result.payment, updatedAt: TIME_OF_WRITING }));
      return { ...claim, paymentId: id, response };
    },
  );
  const result = results.get(report.eventId);
  if (!isAbout(result, id)) throw new AppError('payment_mismatch');
  return { answer: renderWith(result.payment), isKept: isAnswered };
};

const isAbout = (
  result: Reconciled | undefined,
  id: string,
): result is Reconciled & { readonly payment: LoadedPayment } =>
  result?.outcome === 'applied' && result.payment.id === id;
