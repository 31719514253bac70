import { mustLook } from '../domain/call-horizon';
import { type IntendedCall, intendCall, recordFailedCall } from '../sql/record-call';
import { callProvider } from './call-provider';
import { type EndDeps, giveUp, type StartedPayment } from './give-up';
import type { Observed } from './observe';

/**
 * Settles a payment at its provider: Stripe's intents are confirmed in the browser, so asking is enough; PayPal's orders wait
 * for us to capture them. An order that somebody is giving up, or gave up, is not captured but stays given up.
 */
export const takePayment = async (deps: EndDeps, payment: StartedPayment): Promise<Observed> => {
  const { id: paymentId, provider, providerRef } = payment;
  if (provider === 'stripe') return deps.providers.stripe.retrieve(providerRef);
  const intention = { paymentId, provider, operation: 'capture' } as const;
  const call = await intendCall(deps.database, intention);
  if (call.operation === 'cancel') return giveUp(deps, payment, call.key);
  if (call.isNew || !mustLook({ ...call, provider }, deps.now())) return capture(deps, payment, call);
  const seen = await deps.providers[provider].retrieve(providerRef);
  if (seen.observation.open?.status !== 'requires_confirmation') return seen;
  // PayPal has forgotten the key, and the order still waits for us: nothing was captured.
  await recordFailedCall(deps.database, { key: call.key, state: 'failed', errorCode: 'not_made' });
  const next = await intendCall(deps.database, intention);
  return next.operation === 'cancel' ? giveUp(deps, payment, next.key) : capture(deps, payment, next);
};

const capture = (
  deps: EndDeps,
  { provider, providerRef }: StartedPayment,
  { key }: IntendedCall,
): Promise<Observed> =>
  callProvider(
    deps.database,
    key,
    () => deps.providers[provider].capture({ key, providerRef }),
    ({ observation }) => observation.facts.find((fact) => fact.kind === 'capture')?.objectId ?? null,
  );
