import { setImmediate as turn } from 'node:timers/promises';
import { AppError } from '#shared/errors/app-error';
import type { Fact } from '../../services/payment/domain/fact-kinds';
import type { Observation } from '../../services/payment/domain/observation';
import type { OpenStatus } from '../../services/payment/domain/open-status';
import type { Provider } from '../../services/payment/domain/provider-scale';
import type { CreateRequest, PaymentProvider, RefundRequest } from '../../services/payment/ports';
import type { PayPalPayments } from '../../services/payment/providers/paypal-payments';

type Operation = 'create' | 'retrieve' | 'capture' | 'refund' | 'cancel' | 'findCreated' | 'findRefund';

/** One payment as the provider has it. */
export interface FakeIntent {
  readonly ref: string;
  readonly paymentId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** `open` waits for the payer, `approved` (PayPal) for us. */
  state: 'open' | 'approved' | 'paid' | 'canceled';
  readonly captureId: string;
  readonly refunds: {
    readonly id: string;
    readonly amountMinor: bigint;
    /** The call that made it, as its metadata or custom_id says. */
    readonly key?: string;
    status: string;
  }[];
}

export interface FakeCall {
  readonly operation: Operation;
  readonly key: string | null;
  readonly ref: string | null;
  readonly amountMinor: bigint | null;
}

/** A provider behind the port: remembers keys, intents and every call; fails when told to. */
export interface FakeProvider extends PayPalPayments {
  readonly calls: FakeCall[];
  readonly intents: Map<string, FakeIntent>;
  /** The payer's part: pays (Stripe) or approves (PayPal). */
  readonly payerAgrees: (ref: string) => void;
  /** The next call of that kind fails: before it had its effect, or after it, its answer being lost. */
  readonly failNext: (operation: Operation, error: unknown, when?: 'before' | 'after') => void;
  readonly callsOf: (operation: Operation) => readonly FakeCall[];
  /** What the provider would report of an intent. */
  readonly observe: (ref: string) => Observation;
}

/**
 * @param checks whether it refuses refunds beyond what was captured, as the real ones do. Without, only our own
 *   reservations stand between two refunds.
 */
export const makeFakeProvider = (
  provider: Provider,
  { checks = true }: { readonly checks?: boolean } = {},
): FakeProvider => {
  const calls: FakeCall[] = [];
  const intents = new Map<string, FakeIntent>();
  const answers = new Map<string, unknown>();
  const failures: { operation: Operation; error: unknown; when: 'before' | 'after' }[] = [];
  let made = 0;

  const nextId = (prefix: string): string => {
    made += 1;
    return provider === 'stripe'
      ? `${prefix}_${made}x${Date.now().toString(36)}`
      : `${prefix}${made}X${Date.now()}`.toUpperCase();
  };

  const intentOf = (ref: string): FakeIntent => {
    const intent = intents.get(ref);
    // PayPal forgets orders; at Stripe an unknown intent is a plain refusal.
    if (intent === undefined)
      throw new AppError(provider === 'paypal' ? 'payment_not_found' : 'provider_rejected');
    return intent;
  };

  const takeFailure = (operation: Operation, when: 'before' | 'after'): void => {
    const at = failures.findIndex((f) => f.operation === operation && f.when === when);
    if (at < 0) return;
    const [failure] = failures.splice(at, 1);
    throw failure?.error;
  };

  /** One call: noted, done once for each key, and answered unless told otherwise. */
  const perform = async <Answer>(call: FakeCall, act: () => Answer): Promise<Answer> => {
    calls.push(call);
    await turn();
    takeFailure(call.operation, 'before');
    const id = `${call.operation}:${call.key}`;
    const answer = call.key !== null && answers.has(id) ? (answers.get(id) as Answer) : act();
    if (call.key !== null) answers.set(id, answer);
    await turn();
    takeFailure(call.operation, 'after');
    return answer;
  };

  const observe = (ref: string): Observation => {
    const intent = intentOf(ref);
    return {
      provider,
      providerRef: ref,
      paymentId: intent.paymentId,
      asked: { amountMinor: intent.amountMinor, currency: intent.currency },
      facts: factsOf(intent),
      open: openOf(intent),
      calls: intent.refunds.flatMap(({ id, key }) => (key === undefined ? [] : [{ key, resultRef: id }])),
    };
  };

  const seen = (ref: string) => ({ observation: observe(ref), raw: JSON.stringify({ ref }) });

  const create = async (request: CreateRequest) => {
    const { key, paymentId, amountMinor, currency } = request;
    const ref = await perform({ operation: 'create', key, ref: null, amountMinor }, () => {
      const made = nextId(provider === 'stripe' ? 'pi' : 'O');
      const captureId = nextId(provider === 'stripe' ? 'ch' : 'C');
      const intent: FakeIntent = {
        ref: made,
        paymentId,
        amountMinor,
        currency,
        state: 'open',
        captureId,
        refunds: [],
      };
      intents.set(made, intent);
      return made;
    });
    return {
      ...seen(ref),
      clientSecret: provider === 'stripe' ? `${ref}_secret` : null,
      approveUrl: provider === 'paypal' ? `https://paypal.test/checkoutnow?token=${ref}` : null,
    };
  };

  const retrieve: PaymentProvider['retrieve'] = async (ref) => {
    await perform({ operation: 'retrieve', key: null, ref, amountMinor: null }, () => intentOf(ref));
    return seen(ref);
  };

  const capture: PaymentProvider['capture'] = async ({ key, providerRef }) => {
    await perform({ operation: 'capture', key, ref: providerRef, amountMinor: null }, () => {
      const intent = intentOf(providerRef);
      if (intent.state === 'open') throw new AppError('payment_not_approved');
      if (intent.state === 'approved') intent.state = 'paid';
    });
    return seen(providerRef);
  };

  const refund = async ({ key, providerRef, captureId, amountMinor }: RefundRequest) => {
    const refundId = await perform({ operation: 'refund', key, ref: providerRef, amountMinor }, () => {
      const intent = intentOf(providerRef);
      if (intent.captureId !== captureId) throw new AppError('provider_rejected');
      const taken = intent.refunds.reduce((total, one) => total + one.amountMinor, 0n);
      if (checks && taken + amountMinor > intent.amountMinor) throw new AppError('payment_not_refundable');
      const id = nextId(provider === 'stripe' ? 're' : 'R');
      intent.refunds.push({ id, amountMinor, key, status: 'succeeded' });
      return id;
    });
    // Both real ones answer a refund with the refund alone.
    const facts = factsOf(intentOf(providerRef)).filter(({ objectId }) => objectId === refundId);
    const { raw } = seen(providerRef);
    return {
      observation: { ...observe(providerRef), paymentId: null, asked: null, facts, open: null },
      raw,
      refundId,
    };
  };

  const findCreated: PaymentProvider['findCreated'] = async (paymentId) => {
    const found = await perform({ operation: 'findCreated', key: null, ref: null, amountMinor: null }, () =>
      [...intents.values()].find((intent) => intent.paymentId === paymentId),
    );
    // PayPal lists no orders.
    if (found === undefined || provider === 'paypal') return null;
    return { ...seen(found.ref), clientSecret: `${found.ref}_secret`, approveUrl: null };
  };

  const findRefund: PaymentProvider['findRefund'] = async ({ key, providerRef }) => {
    const call = { operation: 'findRefund', key: null, ref: providerRef, amountMinor: null } as const;
    await perform(call, () => intentOf(providerRef));
    const made = intentOf(providerRef).refunds.find((one) => one.key === key);
    return { ...seen(providerRef), refundId: made?.id ?? null };
  };

  const cancel: PaymentProvider['cancel'] = async ({ key, providerRef }) => {
    await perform({ operation: 'cancel', key, ref: providerRef, amountMinor: null }, () => {
      const intent = intentOf(providerRef);
      if (intent.state !== 'paid') intent.state = 'canceled';
    });
    return seen(providerRef);
  };

  return {
    create,
    findCreated,
    retrieve,
    capture,
    refund,
    findRefund,
    cancel,
    retrieveDispute: async () => null,
    orderOfCapture: async (id) => [...intents.values()].find((i) => i.captureId === id)?.ref ?? null,
    orderOfRefund: async (id) =>
      [...intents.values()].find((i) => i.refunds.some((one) => one.id === id))?.ref ?? null,
    calls,
    intents,
    payerAgrees: (ref) => {
      intentOf(ref).state = provider === 'stripe' ? 'paid' : 'approved';
    },
    failNext: (operation, error, when = 'before') => {
      failures.push({ operation, error, when });
    },
    callsOf: (operation) => calls.filter((call) => call.operation === operation),
    observe,
  };
};

const factsOf = (intent: FakeIntent): readonly Fact[] => {
  const { ref, captureId, amountMinor, currency } = intent;
  if (intent.state === 'canceled') {
    const objectId = ref;
    return [
      { kind: 'cancellation', objectId, status: 'canceled', amountMinor: 0n, currency, parentId: null },
    ];
  }
  if (intent.state !== 'paid') return [];
  return [
    { kind: 'capture', objectId: captureId, status: 'succeeded', amountMinor, currency, parentId: null },
    ...intent.refunds.map(
      (refund): Fact => ({
        kind: 'refund',
        objectId: refund.id,
        status: refund.status,
        amountMinor: refund.amountMinor,
        currency,
        parentId: captureId,
      }),
    ),
  ];
};

const openOf = ({ state, ref }: FakeIntent): Observation['open'] => {
  if (state === 'paid' || state === 'canceled') return null;
  const unpaid: OpenStatus = ref.startsWith('pi_') ? 'requires_payment_method' : 'requires_action';
  const status = state === 'approved' ? 'requires_confirmation' : unpaid;
  return { status, at: new Date().toISOString(), errorCode: null };
};
