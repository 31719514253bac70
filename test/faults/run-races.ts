import { setTimeout as sleep } from 'node:timers/promises';
import { approveAtPayPal, payWithStripe } from '../../local/demo/pay-as-payer';
import { compareBooks, type Verdict } from './compare-books';
import { type OpenShop, openShop } from './open-shop';
import { letTimePass } from './pass-time';
import { readMovements } from './read-movements';
import { emptyQueues, runSweeps, settleDown } from './settle-down';

export interface RaceReport {
  readonly races: number;
  readonly wallSeconds: number;
  /** Captures in the providers' ledgers, and how often PayPal was asked for one. */
  readonly effectiveCaptures: number;
  readonly askedCaptures: number;
  /** Who was first to write the outcome of a payment, and how often. */
  readonly firstWriters: ReadonlyMap<string, number>;
  /** Payments that were not captured exactly once. */
  readonly notOnce: readonly string[];
  /** Callers that saw another state than the final one. */
  readonly disagreeing: readonly string[];
  readonly verdict: Verdict;
  readonly unhandled: readonly string[];
}

/** Payments that are raced for at the same moment. */
const WAVE = 20;
/** Milliseconds by which a sweep is ahead at most, in every third wave. */
const HEAD_START_MS = 150;
/** Sweeps at a time: each claims ten payments, and none that another has. */
const SWEEPS = 2;

interface Racer {
  readonly id: string;
  readonly ref: string;
  readonly provider: 'stripe' | 'paypal';
  readonly token: string;
}

/** What a caller sees of a payment. */
type Sight = string;

/**
 * Races for payments that have just been paid: the confirmation by the customer, the webhook and the sweep are released by one
 * barrier, without any delay, all in real processes. Each payment must be captured once, and all three must see the same.
 */
export const runRaces = async (races: number): Promise<RaceReport> => {
  const startedAt = performance.now();
  const shop = await openShop();
  try {
    const disagreeing: string[] = [];
    // Nothing is told but what a race releases.
    for (const double of [shop.tandem.doubles.stripe, shop.tandem.doubles.paypal])
      double?.deliveries.setRules({ dropProbability: 1 });
    for (let run = 0; run < races; run += WAVE) {
      disagreeing.push(...(await raceOnce(shop, Math.min(WAVE, races - run), run / WAVE)));
    }
    // Stripe's fees come later than its money; nothing else may still be open.
    const { unsettled } = await settleDown(shop.tandem, shop.db);
    const found = await judge(shop);
    const wallSeconds = (performance.now() - startedAt) / 1000;
    const { unhandled } = shop.counters;
    return { ...found, races, wallSeconds, disagreeing, unhandled: [...unhandled, ...unsettled] };
  } finally {
    await shop.close();
  }
};

/** @returns what callers saw that is not the final state */
const raceOnce = async (shop: OpenShop, size: number, wave: number): Promise<readonly string[]> => {
  const { tandem, db } = shop;
  const racers = await Promise.all(Array.from({ length: size }, (_, place) => enter(shop, place)));
  await letTimePass(db, 'recent');
  const events = eventsOf(shop, racers);

  let confirmed: Promise<readonly Sight[]> = Promise.resolve([]);
  let swept: Promise<unknown> = Promise.resolve();
  const starts = [
    () => {
      confirmed = Promise.all(racers.map((racer) => confirm(shop, racer)));
    },
    () => {
      for (const { provider, id } of events) tandem.doubles[provider]?.deliveries.resend(id);
    },
    () => {
      swept = Promise.all(Array.from({ length: SWEEPS }, () => runSweeps(tandem, /open/i)));
    },
  ];
  // All in one tick, and each of them in turn the first to start. A sweep has claims to make before it asks about a payment:
  // when it is the first, the others wait for a moment, so that it has a chance to win.
  for (const place of starts.keys()) {
    starts[(place + wave) % starts.length]?.();
    if (wave % starts.length === 2 && place === 0) await sleep(wave % HEAD_START_MS);
  }
  await swept;
  const afterSweep = await look(shop, racers);
  const confirmations = await confirmed;
  await Promise.all([tandem.doubles.stripe?.deliveries.drain(), tandem.doubles.paypal?.deliveries.drain()]);
  await emptyQueues(tandem);
  const afterWebhook = await look(shop, racers);

  return racers.flatMap(({ id }, place) => {
    const final = afterWebhook.get(id);
    const sights = { confirm: confirmations[place], sweep: afterSweep.get(id) };
    const isPaid = final?.startsWith('succeeded ') ?? false;
    return [
      ...(isPaid ? [] : [`payment ${id}: ${final} in the end`]),
      ...Object.entries(sights).flatMap(([who, seen]) =>
        seen === final ? [] : [`payment ${id}: ${who} saw ${seen}, and it is ${final}`],
      ),
    ];
  });
};

/** Makes a payment and pays it at its provider. */
const enter = async ({ tandem, client, tokens }: OpenShop, place: number): Promise<Racer> => {
  const { stripe, paypal } = tandem.doubles;
  const provider = place % 2 === 0 ? 'stripe' : 'paypal';
  const token = tokens[place % tokens.length] ?? '';
  const answer = await client.ask({
    method: 'POST',
    path: '/api/payments/create-intent',
    token,
    key: crypto.randomUUID(),
    body: { provider, price: 'pro' },
  });
  const { payment, payment_intent_id, order_id, client_secret = '' } = answer?.body ?? {};
  const ref = payment_intent_id ?? order_id;
  if (payment === undefined || ref === undefined || stripe === undefined || paypal === undefined)
    throw new Error(`a payment could not be made: ${answer?.text}`);
  if (provider === 'stripe')
    await payWithStripe(stripe.url, stripe.publishableKey, client_secret, 'pm_card_visa');
  else await approveAtPayPal(paypal.url, ref);
  return { id: payment.id, ref, provider, token };
};

/** The event that tells of each racer's payment. */
const eventsOf = ({ tandem }: OpenShop, racers: readonly Racer[]) => {
  const refs = new Set(racers.map(({ ref }) => ref));
  const telling = { stripe: 'payment_intent.succeeded', paypal: 'CHECKOUT.ORDER.APPROVED' } as const;
  return (['stripe', 'paypal'] as const).flatMap((provider) =>
    (tandem.doubles[provider]?.deliveries.events() ?? [])
      .slice(-WAVE * 6)
      .filter(({ type, body }) => type === telling[provider] && [...refs].some((ref) => body.includes(ref)))
      .map(({ id }) => ({ provider, id })),
  );
};

const confirm = async ({ client }: OpenShop, { provider, ref, token }: Racer): Promise<Sight> => {
  const answer = await client.ask({
    method: 'POST',
    path: `/api/payments/confirm-${provider}`,
    token,
    body: provider === 'stripe' ? { payment_intent_id: ref } : { order_id: ref },
  });
  const payment = answer?.body.payment;
  return payment === undefined ? `${answer?.text}` : `${payment.status} ${payment.captured_amount}`;
};

const look = async ({ db }: OpenShop, racers: readonly Racer[]): Promise<ReadonlyMap<string, Sight>> => {
  const rows = await db.query<{ readonly id: string; readonly sight: Sight }>(
    `select id, concat_ws(' ', status, captured_minor) as sight from public.payments where id = any($1::uuid[])`,
    [racers.map(({ id }) => id)],
  );
  return new Map(rows.map(({ id, sight }) => [id, sight]));
};

type Findings = Omit<RaceReport, 'races' | 'wallSeconds' | 'disagreeing' | 'unhandled'>;

const judge = async ({ tandem, db, refundsAsked }: OpenShop): Promise<Findings> => {
  const movements = await readMovements(tandem);
  const charges = movements.filter(({ kind }) => kind === 'charge');
  const times = Map.groupBy(charges, ({ paymentId }) => paymentId);
  const payments = await db.query<{ readonly id: string }>('select id from public.payments');
  const first = await db.query<{ readonly source: string; readonly times: number }>(
    `select source, count(*)::int as times
     from (select distinct on (i.payment_id) i.source
           from private.inbox i where i.outcome = 'applied' and i.source <> 'create'
           order by i.payment_id, i.processed_at) as firsts
     group by source order by source`,
  );
  const counts: Readonly<Record<string, number>> = tandem.doubles.paypal?.calls.read().counts ?? {};
  return {
    effectiveCaptures: charges.length,
    askedCaptures: counts['POST /v2/checkout/orders/{id}/capture'] ?? 0,
    firstWriters: new Map(first.map((row) => [row.source, row.times])),
    notOnce: payments.flatMap(({ id }) => {
      const captures = times.get(id)?.length ?? 0;
      return captures === 1 ? [] : [`payment ${id}: ${captures} captures`];
    }),
    verdict: await compareBooks(db, movements, refundsAsked),
  };
};
