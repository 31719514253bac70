import type { LedgerEntry } from '../doubles/control';
import { type Collection, createCollection } from './collection';
import type { IdempotentAnswer } from './idempotency';
import type {
  StoredBalanceTransaction,
  StoredCharge,
  StoredCustomer,
  StoredDispute,
  StoredEvent,
  StoredPaymentIntent,
  StoredPaymentMethod,
  StoredPayout,
  StoredPrice,
  StoredProduct,
  StoredRefund,
  StoredWebhookEndpoint,
} from './stored-objects';

/** Something that happens by itself at a virtual time. */
export interface Job {
  id: string;
  dueMs: number;
  kind: 'assign_balance' | 'settle_charge' | 'settle_refund' | 'expire_authorization';
  objectId: string;
}

/** Which test instrument a payment method is, kept apart from the object since Stripe does not show it. */
export interface Instrument {
  /** The payment method's id. */
  id: string;
  /** A name in `testInstruments`. */
  instrument: string;
}

/** All that the Stripe double knows. */
export interface Store {
  customers: Collection<StoredCustomer>;
  paymentMethods: Collection<StoredPaymentMethod>;
  instruments: Collection<Instrument>;
  paymentIntents: Collection<StoredPaymentIntent>;
  charges: Collection<StoredCharge>;
  refunds: Collection<StoredRefund>;
  balanceTransactions: Collection<StoredBalanceTransaction>;
  disputes: Collection<StoredDispute>;
  payouts: Collection<StoredPayout>;
  events: Collection<StoredEvent>;
  webhookEndpoints: Collection<StoredWebhookEndpoint>;
  products: Collection<StoredProduct>;
  prices: Collection<StoredPrice>;
  jobs: Collection<Job>;
  ledger: Collection<LedgerEntry>;
  idempotentAnswers: Collection<IdempotentAnswer>;
}

export function createStore(): Store {
  return {
    customers: createCollection(),
    paymentMethods: createCollection(),
    instruments: createCollection(),
    paymentIntents: createCollection(),
    charges: createCollection(),
    refunds: createCollection(),
    balanceTransactions: createCollection(),
    disputes: createCollection(),
    payouts: createCollection(),
    events: createCollection(),
    webhookEndpoints: createCollection(),
    products: createCollection(),
    prices: createCollection(),
    jobs: createCollection(),
    ledger: createCollection(),
    idempotentAnswers: createCollection(),
  };
}

/** Plain JSON of everything. */
export function snapshotStore(store: Store): Record<string, unknown[]> {
  return Object.fromEntries(Object.entries(store).map(([name, collection]) => [name, collection.snapshot()]));
}

/** Puts a snapshot back; unknown parts are ignored. */
export function restoreStore(store: Store, saved: Record<string, never[]>): void {
  for (const [name, collection] of Object.entries(store)) collection.restore(saved[name] ?? []);
}

export function clearStore(store: Store, keep: readonly (keyof Store)[]): void {
  for (const name of Object.keys(store) as (keyof Store)[]) if (!keep.includes(name)) store[name].clear();
}
