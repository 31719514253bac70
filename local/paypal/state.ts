import type { Dispute } from './dispute-state';
import type { Money } from './money';

/** Times in the state are milliseconds since 1970 on the double's clock. */
export type Millis = number;

export type Payer = {
  payerId: string;
  email: string;
  givenName: string;
  surname: string;
  countryCode: string;
};

export type OrderStatus = 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED' | 'VOIDED';

export type PurchaseUnit = {
  referenceId: string;
  amount: Money;
  customId: string | undefined;
  invoiceId: string | undefined;
  description: string | undefined;
  softDescriptor: string | undefined;
  /** Parts the double keeps and gives back as they came: amount.breakdown, items, shipping. */
  breakdown: unknown;
  items: unknown;
  shipping: unknown;
  /** Ids, in the order they were made. */
  authorizationIds: string[];
  captureIds: string[];
};

export type Order = {
  id: string;
  intent: 'CAPTURE' | 'AUTHORIZE';
  status: OrderStatus;
  units: PurchaseUnit[];
  /** Created with payment_source.paypal: the approval link is then called payer-action. */
  payerAction: boolean;
  returnUrl: string | undefined;
  cancelUrl: string | undefined;
  brandName: string | undefined;
  payer: Payer | undefined;
  createdAt: Millis;
  updatedAt: Millis;
  approvedAt: Millis | undefined;
};

export type CaptureStatus =
  | 'COMPLETED'
  | 'PENDING'
  | 'DECLINED'
  | 'PARTIALLY_REFUNDED'
  | 'REFUNDED'
  | 'FAILED';

/** What becomes of a pending capture by itself, and when. */
export type Settlement = { at: Millis; status: 'COMPLETED' | 'DECLINED' };

export type Capture = {
  id: string;
  orderId: string;
  unit: number;
  authorizationId: string | undefined;
  amount: Money;
  /** Kept by PayPal once the capture completes; minor units. */
  fee: bigint;
  status: CaptureStatus;
  reason: string | undefined;
  finalCapture: boolean;
  invoiceId: string | undefined;
  customId: string | undefined;
  settlement: Settlement | undefined;
  refundIds: string[];
  createdAt: Millis;
  updatedAt: Millis;
};

export type RefundStatus = 'PENDING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';

export type Refund = {
  id: string;
  captureId: string;
  /** `reversal`: PayPal itself took the money back (a bank or a dispute), nobody asked for a refund. */
  kind: 'refund' | 'reversal';
  /** A reversal that the order does not list; it can only be asked for by its id. */
  isHidden?: boolean;
  amount: Money;
  status: RefundStatus;
  reason: string | undefined;
  noteToPayer: string | undefined;
  invoiceId: string | undefined;
  customId: string | undefined;
  /** Refunded from the capture up to and including this one; minor units. */
  totalRefunded: bigint;
  createdAt: Millis;
  updatedAt: Millis;
};

export type AuthorizationStatus =
  | 'CREATED'
  | 'CAPTURED'
  | 'PARTIALLY_CAPTURED'
  | 'VOIDED'
  | 'DENIED'
  | 'PENDING';

export type Authorization = {
  id: string;
  orderId: string;
  unit: number;
  amount: Money;
  status: AuthorizationStatus;
  invoiceId: string | undefined;
  customId: string | undefined;
  createdAt: Millis;
  updatedAt: Millis;
  expiresAt: Millis;
  captureIds: string[];
};

/** A notification PayPal keeps: `body` is the exact text that is signed and sent. */
export type StoredEvent = {
  id: string;
  type: string;
  createdAt: Millis;
  body: string;
  /** Ids that `transaction_id` of the events list finds it by. */
  transactionIds: string[];
};

/** The memory behind one PayPal-Request-Id. */
export type StoredRequest = { at: Millis; resourceId: string };

/** What the next capture (of the given order, or of any) shall do instead of completing. */
export type CaptureRule = {
  orderId: string | undefined;
  outcome: 'PENDING' | 'DECLINED' | 'FAILED' | 'ERROR';
  /** The issue for ERROR (INSTRUMENT_DECLINED, PAYER_ACTION_REQUIRED ...), the reason for the others. */
  reason: string | undefined;
  /** For PENDING: settle after so many ms on the clock. */
  settleAfterMs: number | undefined;
  settleAs: 'COMPLETED' | 'DECLINED';
};

/** What the next refund (of the given capture, or of any) shall be instead of COMPLETED. */
export type RefundRule = { captureId: string | undefined; status: 'PENDING' | 'FAILED' };

/** One movement of the merchant's balance, in the order it happened. `net` is what the balance changed by. */
export type LedgerEntry = {
  at: Millis;
  kind: 'capture' | 'refund' | 'reversal' | 'refund_returned' | 'reversal_returned';
  id: string;
  captureId: string;
  orderId: string;
  customId: string | undefined;
  currency: string;
  gross: bigint;
  fee: bigint;
  net: bigint;
};

/** A webhook registered through the API (those given at start are configuration, not state). */
export type Webhook = { id: string; url: string; secrets: string[]; enabledEvents: string[] };

export type PayPalState = {
  orders: Map<string, Order>;
  captures: Map<string, Capture>;
  refunds: Map<string, Refund>;
  authorizations: Map<string, Authorization>;
  disputes: Map<string, Dispute>;
  /** Oldest first. */
  events: Map<string, StoredEvent>;
  /** Invoice id -> captures that carry it; refunds have invoice ids of their own. */
  capturedInvoices: Map<string, string[]>;
  refundedInvoices: Map<string, string[]>;
  /** By `operation key`: an id counts per call type (PayPal: "unique for each API call type"). */
  requests: Map<string, StoredRequest>;
  /** Access token -> expiry. */
  tokens: Map<string, Millis>;
  webhooks: Map<string, Webhook>;
  captureRules: CaptureRule[];
  refundRules: RefundRule[];
  ledger: LedgerEntry[];
};

export function emptyState(): PayPalState {
  return {
    orders: new Map(),
    captures: new Map(),
    refunds: new Map(),
    authorizations: new Map(),
    disputes: new Map(),
    events: new Map(),
    capturedInvoices: new Map(),
    refundedInvoices: new Map(),
    requests: new Map(),
    tokens: new Map(),
    webhooks: new Map(),
    captureRules: [],
    refundRules: [],
    ledger: [],
  };
}
