import type { LedgerKind } from './booking-rules';
import type { DifferenceKind, DriftField } from './drift';
import type { DriftCause } from './drift-cause';
import type { Provider } from './provider-scale';

/** A difference between our books and a provider's, as it is kept. */
export interface Drift {
  readonly id: string;
  readonly provider: Provider;
  /** The booking in question. */
  readonly key: string;
  readonly kind: LedgerKind;
  readonly objectId: string;
  readonly paymentId: string | null;
  readonly providerRef: string | null;
  readonly difference: DifferenceKind;
  readonly field: DriftField;
  readonly ours: string | null;
  readonly theirs: string | null;
  readonly cause: DriftCause;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly resolvedAt: Date | null;
  /** `firstSeen` with the microseconds that a Date would lose. */
  readonly cursorAt: string;
}

/** What was moved on a day in one currency, by their statement and by our books; ISO 4217 minor units. */
export interface DailyTotal {
  readonly provider: Provider;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly currency: string;
  readonly kind: LedgerKind;
  readonly oursMinor: bigint;
  readonly theirsMinor: bigint;
  readonly oursCount: number;
  readonly theirsCount: number;
  readonly comparedAt: Date;
}
