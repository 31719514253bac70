import type { MakeId, Now } from '#shared/kernel/ids';
import type { Observation } from '../domain/observation';
import { type Expiry, observeExpiry, observeRefusal, writeSightings } from '../domain/sighting';
import type { ProviderObservation } from '../ports';
import type { SettledCall } from '../sql/apply-reports';
import type { Report } from './fold-reports';

export interface ObserveDeps {
  readonly makeId: MakeId;
  readonly now: Now;
  readonly mode: 'live' | 'test';
}

/** A provider's answer to us, with the call it answers where we wrote one down. */
export interface Observed extends ProviderObservation {
  readonly call?: SettledCall;
}

/** What we asked a provider for, as a report like any other, under an id of our own. */
export const reportOf = (
  deps: ObserveDeps,
  source: Exclude<Report['source'], 'webhook' | 'events'>,
  { observation, raw, call }: Observed,
): Report => ({
  provider: observation.provider,
  eventId: `obs_${deps.makeId()}`,
  source,
  eventType: `observation.${source}`,
  mode: deps.mode,
  account: null,
  transmissionId: null,
  sha256: null,
  body: null,
  observation: raw,
  receivedAt: new Date(deps.now()).toISOString(),
  reading: { kind: 'observation', observation },
  ...(call === undefined ? {} : { call }),
});

/** That a provider refused to make an intent or order: nothing exists there, and nothing will be paid. */
export const refusedObservation = (
  payment: { readonly id: string; readonly provider: Observation['provider'] },
  at: number,
  errorCode: string,
): ProviderObservation => {
  const refusal = { provider: payment.provider, paymentId: payment.id, errorCode };
  const seenAt = new Date(at).toISOString();
  return {
    observation: observeRefusal(refusal, seenAt),
    raw: writeSightings([{ as: 'refusal', seenAt, how: 'made', object: refusal }]),
  };
};

/** That nothing can come of a payment any more. */
export const expiredObservation = (
  payment: Omit<Expiry, 'paymentId'> & { readonly id: string },
  at: number,
): ProviderObservation => {
  const { id, provider, providerRef, currency } = payment;
  const expiry = { provider, paymentId: id, providerRef, currency };
  const seenAt = new Date(at).toISOString();
  return {
    observation: observeExpiry(expiry),
    raw: writeSightings([{ as: 'expiry', seenAt, how: 'asked', object: expiry }]),
  };
};
