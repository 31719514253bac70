/** What a run counts while it goes on; everything else is found out at its end. */
export interface Counters {
  /** Webhook posts that reached (or tried to reach) the gateway. */
  deliveries: number;
  forgedDeliveries: number;
  /** Forged with a signature that does not hold, and yet answered 2xx. */
  forgeriesAccepted: number;
  /** Bodies forged to fit a genuine signature (CRC32); accepted, and without effect on money. */
  crcForgeries: number;
  purchases: number;
  abandoned: number;
  /** Same Idempotency-Key, other answer. */
  unequalRepeats: number;
  killsByPoint: Map<string, number>;
  frozen: number;
  /** Frozen workers of the queue whose messages others had meanwhile. */
  zombies: number;
  postgresKills: number;
  queueTroubles: number;
  queueRestarts: number;
  /** Real ones, of which the rig's own transaction was the victim; the services' are told by their retries. */
  deadlocks: number;
  /** Times that a payment was locked for longer than the services wait. */
  lockHolders: number;
  /** Hosts that a function wanted to reach. */
  forbiddenSockets: string[];
  providerFaults: number;
  races: number;
  /** Disputes and reversals by what became of them, payouts by how they ended. */
  disputes: Map<string, number>;
  payouts: Map<string, number>;
  /** 5xx answers to clients and conflicts, by code of the catalogue. */
  refusals: Map<string, number>;
  /** 5xx that the platform made for a call whose process we killed or froze. */
  platformErrors: number;
  /** Anything else of 500 and above, with its beginning. */
  unhandled: string[];
  /** Statuses a client saw go down. */
  clientRegressions: string[];
}

export const newCounters = (): Counters => ({
  deliveries: 0,
  forgedDeliveries: 0,
  forgeriesAccepted: 0,
  crcForgeries: 0,
  purchases: 0,
  abandoned: 0,
  unequalRepeats: 0,
  killsByPoint: new Map(),
  frozen: 0,
  zombies: 0,
  postgresKills: 0,
  queueTroubles: 0,
  queueRestarts: 0,
  deadlocks: 0,
  lockHolders: 0,
  forbiddenSockets: [],
  providerFaults: 0,
  races: 0,
  disputes: new Map(),
  payouts: new Map(),
  refusals: new Map(),
  platformErrors: 0,
  unhandled: [],
  clientRegressions: [],
});

export const countKills = ({ killsByPoint }: Counters): number =>
  [...killsByPoint.values()].reduce((total, times) => total + times, 0);

export const bump = (map: Map<string, number>, key: string): void => {
  map.set(key, (map.get(key) ?? 0) + 1);
};
