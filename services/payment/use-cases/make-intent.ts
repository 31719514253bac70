import { isAppError } from '#shared/errors/app-error';
import type { Provider } from '../domain/provider-scale';
import type { CreatedIntent, CreateRequest, PaymentProviders } from '../ports';
import { intendCall, recordFailedCall } from '../sql/record-call';
import { callProvider } from './call-provider';
import { type ObserveDeps, type Observed, refusedObservation, reportOf } from './observe';
import { type ReconcileDeps, reconcile } from './reconcile';

export interface MakeIntentDeps extends ReconcileDeps, ObserveDeps {
  readonly providers: PaymentProviders;
}

/** A payment whose intent or order is to be made. */
export interface IntendedPayment {
  readonly id: string;
  readonly provider: Provider;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export type MadeIntent = CreatedIntent & Observed;

/** Asks the provider; a clear refusal ends the payment, anything else leaves it to a retry or the sweep. */
export const makeIntent = async (
  deps: MakeIntentDeps,
  payment: IntendedPayment,
  request: CreateRequest,
): Promise<MadeIntent> => {
  try {
    return await create(deps, payment, request).catch((error: unknown) => {
      if (!isAppError(error, 'provider_outcome_unknown')) throw error;
      return lookAndCreate(deps, payment, request);
    });
  } catch (error) {
    if (isAppError(error, 'provider_rejected') || isAppError(error, 'currency_not_supported')) {
      await reconcile(deps, [reportOf(deps, 'create', refusedObservation(payment, deps.now(), error.code))]);
    }
    throw error;
  }
};

const create = (deps: MakeIntentDeps, { provider }: IntendedPayment, request: CreateRequest) =>
  callProvider(
    deps.database,
    request.key,
    () => deps.providers[provider].create(request),
    ({ observation }) => observation.providerRef,
  );

/**
 * The key answers for ever with an error that does not say what happened. If the intent is there, it is the one; if not, it is
 * made under a key of its own. Should the first one turn up later all the same, nobody can pay it: nobody was ever
 * told its client secret.
 */
const lookAndCreate = async (
  deps: MakeIntentDeps,
  payment: IntendedPayment,
  request: CreateRequest,
): Promise<MadeIntent> => {
  const { id: paymentId, provider, createdAt } = payment;
  const found = await deps.providers[provider].findCreated(paymentId, createdAt);
  const { key } = request;
  if (found !== null) return { ...found, call: { key, resultRef: found.observation.providerRef } };
  await recordFailedCall(deps.database, { key, state: 'failed', errorCode: 'not_made' });
  const next = await intendCall(deps.database, { paymentId, provider, operation: 'create' });
  return create(deps, payment, { ...request, key: next.key });
};
