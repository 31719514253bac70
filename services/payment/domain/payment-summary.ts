import { derivePayment } from './derive-payment';
import type { DisputeStatus } from './dispute-status';
import type { PaymentState } from './fold-observation';
import type { PaymentStatus } from './payment-status';
import type { Provider } from './provider-scale';

/** A payment as its owner may see it. Amounts in ISO 4217 minor units. */
export interface PaymentSummary {
  readonly id: string;
  readonly provider: Provider;
  readonly providerRef: string | null;
  readonly priceId: string;
  readonly description: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly status: PaymentStatus;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  /** What the provider took back for disputes and reversals, less what it gave back. */
  readonly reversedMinor: bigint;
  /** Of all disputes the one that needs attention most. */
  readonly disputeStatus: DisputeStatus | null;
  readonly lastErrorCode: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The parts of a row that facts do not change. */
export interface PaymentIdentity {
  readonly priceId: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The summary of a state that has just been folded, without reading the row again. */
export const summarise = (state: PaymentState, identity: PaymentIdentity): PaymentSummary => {
  const { status, capturedMinor, refundedMinor, reversedMinor, disputeStatus } = derivePayment(
    state.facts,
    state.open,
  );
  return {
    id: state.id,
    provider: state.provider,
    providerRef: state.providerRef,
    priceId: identity.priceId,
    description: identity.description,
    currency: state.currency,
    amountMinor: state.amountMinor,
    status,
    capturedMinor,
    refundedMinor,
    reversedMinor,
    disputeStatus,
    lastErrorCode: state.open?.errorCode ?? null,
    createdAt: identity.createdAt,
    updatedAt: identity.updatedAt,
  };
};
