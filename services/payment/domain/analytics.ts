import type { Provider } from './provider-scale';

/** `YYYY-MM-DD` in UTC. */
type Day = string;

/** The house's figures by day, defined in docs/usage.md. Days on which nothing happened are left out. */
export interface Analytics {
  readonly signUps: readonly {
    readonly day: Day;
    readonly signUps: number;
    readonly paid: number;
    readonly paidWithin30Days: number;
  }[];
  readonly activeUsers: readonly { readonly day: Day; readonly users: number }[];
  /** People of all these days, each counted once; null where who they were is forgotten. */
  readonly activeInAll: number | null;
  readonly intents: readonly {
    readonly day: Day;
    readonly provider: Provider;
    readonly intents: number;
    readonly succeeded: number;
  }[];
  /** In ISO 4217 minor units of `currency`. */
  readonly revenue: readonly {
    readonly day: Day;
    readonly currency: string;
    readonly grossMinor: bigint;
    readonly refundedMinor: bigint;
    readonly disputedMinor: bigint;
    readonly feesMinor: bigint;
    readonly netMinor: bigint;
  }[];
  readonly usage: readonly {
    readonly day: Day;
    readonly meter: string;
    readonly quantity: number;
    readonly events: number;
    readonly users: number;
  }[];
}
