import { parseArgs } from 'node:util';
import { compareSignatures } from './compare-signatures';
import { sendForgedBodies } from './forge-bodies';
import { permuteFacts } from './permute-facts';
import { runHistory } from './run-history';

const HELP = `npm run simulate -- [options]
  --histories N    payment histories under a virtual clock (default 10000)
  --seed S         of the first history; each has the next one (default 1)
  --trace          print what happened; with --seed S --histories 1 a failure is told again
  --permutations   every order of every set of up to 6 of 20 facts, and each set against an oracle
  --signatures N   forged Stripe and PayPal signatures, and N / 100 forged PayPal bodies`;

/** Failures told in full; the rest are counted. */
const TOLD = 10;

interface Outcome {
  readonly failures: number;
  /** What one minute of it would be, of what. */
  readonly rate: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** Runs one part and prints its figures, one a line. */
const report = async (name: string, part: () => Outcome | Promise<Outcome>): Promise<number> => {
  const started = performance.now();
  const { failures, rate, figures } = await part();
  const seconds = (performance.now() - started) / 1000;
  const [first = 0] = Object.values(figures);
  const lines = {
    ...figures,
    failures,
    seconds: Math.round(seconds * 10) / 10,
    [rate]: Math.round((first / seconds) * 60),
  };
  console.log(`\n${name}`);
  for (const [label, value] of Object.entries(lines))
    console.log(`  ${label.padEnd(22)} ${value.toLocaleString('en')}`);
  return failures;
};

const tell = (faults: readonly string[]): void => {
  for (const fault of faults.slice(0, TOLD)) console.log(fault);
};

const simulate = (count: number, first: number, trace: boolean): Outcome => {
  const figures = { histories: count, steps: 0, 'writes refused': 0, 'refunds set aside': 0 };
  let failures = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const history = runHistory(seed, { trace });
    figures.steps += history.steps;
    figures['writes refused'] += history.refused;
    figures['refunds set aside'] += history.reviewed;
    if (trace) console.log(history.trace.join('\n'));
    if (history.faults.length === 0) continue;
    failures += 1;
    const faults = [...new Set(history.faults)].join('; ');
    if (failures <= TOLD)
      console.log(`failed: ${faults}\n  replay: npm run simulate -- --seed ${seed} --histories 1 --trace`);
  }
  return { failures, rate: 'histories a minute', figures };
};

const permute = (): Outcome => {
  const { sets, orders, faults } = permuteFacts();
  tell(faults);
  return { failures: faults.length, rate: 'orders a minute', figures: { orders, sets } };
};

const forgeSignatures = async (count: number, seed: number): Promise<Outcome> => {
  const { deliveries, accepted, differing, strayAddresses } = await compareSignatures(count, seed);
  tell([...differing, ...strayAddresses]);
  const failures = differing.length + strayAddresses.length;
  return { failures, rate: 'deliveries a minute', figures: { deliveries, 'accepted by both': accepted } };
};

const forgeBodies = async (count: number, seed: number): Promise<Outcome> => {
  const { accepted, messages, telling, fetches } = await sendForgedBodies(count, seed);
  tell(telling);
  return {
    failures: telling.length + count - messages,
    rate: 'bodies a minute',
    figures: { accepted, messages, fetches },
  };
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      histories: { type: 'string' },
      seed: { type: 'string', default: '1' },
      trace: { type: 'boolean', default: false },
      permutations: { type: 'boolean', default: false },
      signatures: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const [seed, signatures] = [count(values.seed, 'seed'), count(values.signatures ?? '0', 'signatures')];
  const asksOther = values.permutations || signatures > 0;
  const histories = count(values.histories ?? (asksOther ? '0' : '10000'), 'histories');
  let failures = 0;
  if (histories > 0) failures += await report('histories', () => simulate(histories, seed, values.trace));
  if (values.permutations) failures += await report('permutations', permute);
  if (signatures > 0) {
    failures += await report('signatures', () => forgeSignatures(signatures, seed));
    failures += await report('forged PayPal bodies', () => forgeBodies(Math.ceil(signatures / 100), seed));
  }
  process.exitCode = failures === 0 ? 0 : 1;
};

const count = (text: string, option: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${option} takes a whole number, not ${text}\n\n${HELP}`);
  return Number(text);
};

void main();
