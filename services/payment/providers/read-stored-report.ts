import type { ReadStoredReport } from '../ports';
import { readRecord } from './read-sightings';
import { readStripeEvent } from './read-stripe-event';

/** The inbox's reports by the same readers as when they came. */
export const readStoredReport: ReadStoredReport = ({ provider, body, observation }) => {
  if (observation !== null) return { kind: 'observation', observation: readRecord(observation) };
  return provider === 'stripe' && body !== null ? readStripeEvent(body) : null;
};
