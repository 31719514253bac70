import type { Payout } from '../../services/payment/domain/payout';
import type { LoadedPayment } from '../../services/payment/sql/load-payments';
import type { Report } from '../../services/payment/use-cases/fold-reports';
import { type Agenda, agendaFrom } from './agenda';
import { faultsOfEnd } from './check-payment';
import type { Emitted } from './happening';
import { liveOn } from './intent-life';
import { type ModelIntent, STRIPE_UNITS, truthOf } from './model-intent';
import { copiesOf, weatherOf } from './network';
import { paymentStore } from './payment-store';
import { type Random, seededRandom } from './random';
import { askedReport, eventBody, refusesCutBody, webhookReport } from './reports-of-model';
import { payoutSnapshot } from './stripe-snapshots';
import { makeWorkers, type Workers } from './workers';

/** What came of one history. */
export interface History {
  readonly seed: number;
  /** Rounds of folding and writing. */
  readonly steps: number;
  /** Writes refused because somebody else had been faster. */
  readonly refused: number;
  /** Reports set aside for a person, rightly. */
  readonly reviewed: number;
  /** Where each intent and its disputes stood in the end, at the provider. */
  readonly ends: readonly string[];
  readonly faults: readonly string[];
  readonly trace: readonly string[];
}

const START = 1_760_000_000;
const DAY = 86_400;

/** Runs one history of one or two intents under a virtual clock; everything in it follows from `seed`. */
export const runHistory = (seed: number, { trace = false } = {}): History => {
  const random = seededRandom(seed);
  const agenda = agendaFrom(START);
  const lines: string[] = [];
  const note = (line: string): void => {
    if (trace) lines.push(`${String(agenda.now() - START).padStart(9)} s  ${line}`);
  };
  const intents = Array.from({ length: 1 + random.below(2) }, (_, index) => makeIntent(index, random));
  const store = paymentStore(
    intents.map((intent) => rowOf(intent, random)),
    random,
  );
  const workers = makeWorkers({ store, agenda, random, note });

  let looks = 0;
  const countLook = (): number => {
    looks += 1;
    return looks;
  };
  planProvider({ intents, agenda, random, workers, note, countLook });
  agenda.drain();
  const judge = (): void => {
    for (const intent of intents) {
      const stored = store.payments.get(intent.paymentId);
      if (stored !== undefined) workers.faults.push(...faultsOfEnd(stored, truthOf(intent)));
    }
    workers.faults.push(...store.payouts.faults(workers.seen.flatMap(payoutOf)));
  };
  // The last sweep asks about each intent once; then our books are the provider's.
  agenda.after(DAY, () => {
    for (const intent of intents)
      workers.settle([askedReport(intent, 'sweep', `obs_last_${intent.id}`, agenda.now())]);
  });
  agenda.drain();
  judge();
  // Whatever was ever sent comes once more, in any order: money does not move. An open status may only be shown late.
  workers.settle(random.shuffle(workers.seen));
  if (intents.every(({ status }) => status === 'succeeded' || status === 'canceled')) judge();
  const { steps, refused, reviewed } = workers.counts;
  const ends = intents.map(truthOf).map(({ status, disputeStatus }) => `${status}, ${disputeStatus}`);
  return { seed, steps, refused, reviewed, ends, faults: workers.faults, trace: lines };
};

const payoutOf = ({ reading }: Report): readonly Payout[] =>
  reading.kind === 'payout' ? [reading.payout] : [];

const makeIntent = (index: number, random: Random): ModelIntent => {
  const currency = random.pick(['usd', 'eur', 'jpy', 'isk']);
  return {
    id: `pi_${index}`,
    paymentId: `00000000-0000-4000-8000-00000000000${index}`,
    amount: (STRIPE_UNITS[currency] ?? 1) * (100 + random.below(20_000)),
    currency,
    capture: random.pick(['automatic', 'automatic', 'manual']),
    status: 'requires_payment_method',
    charges: [],
    lastError: null,
  };
};

/** Our row, before anything is known of the intent; its id may not even have reached us. */
const rowOf = (intent: ModelIntent, random: Random): LoadedPayment => ({
  id: intent.paymentId,
  userId: 'user_1',
  provider: 'stripe',
  providerRef: random.chance(0.5) ? intent.id : null,
  priceId: 'price_1',
  description: '',
  amountMinor: BigInt(intent.amount / (STRIPE_UNITS[intent.currency] ?? 1)),
  currency: intent.currency.toUpperCase(),
  facts: [],
  open: null,
  reviewReason: null,
  reviews: [],
  version: 1n,
  createdAt: new Date(START * 1000),
  updatedAt: new Date(START * 1000),
});

interface Stage {
  readonly intents: readonly ModelIntent[];
  readonly agenda: Agenda;
  readonly random: Random;
  readonly workers: Workers;
  readonly note: (line: string) => void;
  /** How many looks there have been, this one included. */
  readonly countLook: () => number;
}

/** Plans what happens at the provider, what it tells, and when we ask. */
const planProvider = (stage: Stage): void => {
  const { intents, agenda, random, workers, note } = stage;
  const detail = random.pick(['event', 'event', 'events_of_old']);
  const tell = makeTeller(stage);
  if (random.chance(0.3)) planPayout(stage, tell);
  for (const intent of intents) {
    if (random.chance(0.7)) {
      const made = askedReport(intent, 'create', `obs_made_${intent.id}`, agenda.now());
      agenda.after(random.pick([0, 1, 40]), () => workers.arrive(made));
    }
    let at = 0;
    for (let step = 3 + random.below(12); step > 0; step -= 1) {
      at += random.pick([0, 0, 1, 1, 30, 3_600, DAY]);
      agenda.after(at, () => {
        const happening = liveOn(intent, random, detail, agenda.now());
        if (happening === null) return;
        note(`provider: ${intent.id} ${happening.what}`);
        for (const emitted of happening.emitted) tell(emitted);
      });
      if (random.chance(0.3)) agenda.after(at + random.pick([0, 0, 1, 600]), () => ask(intent, stage));
    }
  }
};

/** A payout on its way to our bank, which may refuse it, even after it was paid. */
const planPayout = ({ agenda, random }: Stage, tell: (emitted: Emitted) => void): void => {
  const payout = { id: 'po_0', amount: 100 + random.below(1_000), status: 'pending' };
  const statuses = random.pick([
    ['pending', 'in_transit', 'paid'],
    ['in_transit', 'paid', 'failed'],
    ['pending', 'canceled'],
    ['pending', 'failed'],
  ]);
  let at = 0;
  for (const status of statuses) {
    at += random.pick([0, 1, 3_600, DAY]);
    agenda.after(at, () => tell({ type: `payout.${status}`, object: payoutSnapshot({ ...payout, status }) }));
  }
};

const ask = (intent: ModelIntent, { agenda, random, workers, note, countLook }: Stage): void => {
  const source = random.pick(['confirm', 'sweep']);
  const look = countLook();
  const report = askedReport(intent, source, `obs_${intent.id}_${look}`, agenda.now() + look / 500);
  note(`${source}: ${intent.id} is ${intent.status}`);
  agenda.after(random.pick([0, 0, 1, 900]), () => workers.arrive(report));
};

/** Sends what the provider tells through the network. */
const makeTeller = ({ agenda, random, workers, note }: Stage): ((emitted: Emitted) => void) => {
  const weather = weatherOf(random);
  let told = 0;
  return (emitted) => {
    const sentAt = agenda.now();
    const id = `evt_${told}`;
    told += 1;
    const body = eventBody(id, emitted, sentAt);
    const report = webhookReport(id, body, emitted.type, sentAt);
    const copies = copiesOf(id, weather, random);
    if (copies.length === 0) note(`network: ${emitted.type} ${id} is lost`);
    for (const copy of copies) {
      agenda.after(copy.delay, () => {
        if (!copy.isTruncated) return workers.arrive({ ...report, eventId: copy.eventId });
        if (!refusesCutBody(body, 1 + random.below(body.length - 1)))
          workers.faults.push('a cut body was read');
        if (random.chance(0.5)) agenda.after(60, () => workers.arrive({ ...report, eventId: copy.eventId }));
      });
    }
  };
};
