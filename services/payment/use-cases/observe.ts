import type { MakeId, Now } from '#shared/kernel/ids';
import type { Observation } from '../domain/observation';
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
): ProviderObservation => ({
  observation: {
    provider: payment.provider,
    providerRef: null,
    paymentId: payment.id,
    asked: null,
    facts: [],
    open: { status: 'failed', at: new Date(at).toISOString(), errorCode },
  },
  raw: JSON.stringify({ refused: errorCode }),
});
