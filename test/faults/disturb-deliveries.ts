import type { DeliveryRulesInput } from '../../local/doubles/delivery-rules';
import type { Random } from '../../local/doubles/random';
import type { Tandem } from '../../local/tandem';

/** Event types whose loss the sweep of open payments makes good; a provider repeats the others until they arrive. */
const LOSABLE = [
  'payment_intent.*',
  'charge.succeeded',
  'charge.updated',
  'PAYMENT.CAPTURE.COMPLETED',
  'CHECKOUT.*',
];

/** Which events may be lost for good: all of them where the providers' event lists are swept. */
export const losableTypes = ({ schedules }: Tandem): readonly string[] =>
  schedules.names().some((name) => /events/i.test(name)) ? ['*'] : LOSABLE;

/** Copies that every delivery has at least. */
const FEWEST_COPIES = 2;

/**
 * Ways deliveries go wrong, a phase each, and no phase without repetition and disorder: each delivery waits a time of its own
 * that is longer than a purchase takes, so that the events of a payment arrive in any order. `mostCopies`: of a delivery.
 */
export const disturbDeliveries = (tandem: Tandem, random: Random, mostCopies: number): void => {
  const { doubles } = tandem;
  const seed = Math.floor(random.next() * 2 ** 31);
  const copies = FEWEST_COPIES + Math.floor(random.next() * (mostCopies - FEWEST_COPIES + 1));
  const common: DeliveryRulesInput = { copies, spreadMs: 1_500 + Math.floor(random.next() * 2_500), seed };
  const types = [...losableTypes(tandem)];
  const phases: readonly DeliveryRulesInput[] = [
    common,
    common,
    { ...common, delayMs: Math.floor(random.next() * 2_000) },
    { ...common, types, dropProbability: 0.1 },
    { ...common, types, dropProbability: 0.5 },
    { ...common, types, dropProbability: 1 },
  ];
  const rules = phases[Math.floor(random.next() * phases.length)] ?? common;
  doubles.stripe?.deliveries.setRules(rules);
  doubles.paypal?.deliveries.setRules(rules);
};
