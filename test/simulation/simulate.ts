import { parseArgs } from 'node:util';
import { runHistory } from './run-history';

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});

const histories = Number(values.histories);
const first = Number(values.seed);
const started = performance.now();
const sums = { steps: 0, refused: 0, reviewed: 0, failures: 0 };
for (let seed = first; seed < first + histories; seed += 1) {
  const history = runHistory(seed, { trace: values.trace });
  sums.steps += history.steps;
  sums.refused += history.refused;
  sums.reviewed += history.reviewed;
  if (values.trace) console.log(history.trace.join('\n'));
  if (history.faults.length === 0) continue;
  sums.failures += 1;
  if (sums.failures <= 5) console.log(`seed ${seed}: ${[...new Set(history.faults)].join('; ')}`);
}
const seconds = (performance.now() - started) / 1000;
console.log({ histories, ...sums, seconds, perMinute: Math.round((histories / seconds) * 60) });
