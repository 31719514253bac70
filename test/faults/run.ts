import { parseArgs } from 'node:util';
import { isClean, renderReport } from './print-report';
import { runFaults } from './run-faults';

/** `npm run faults -- --deliveries N --kills K --seed S`; see docs/faults.md. */
const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      deliveries: { type: 'string', default: '5000' },
      kills: { type: 'string', default: '60' },
      'postgres-kills': { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '60' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const report = await runFaults({
    deliveries: Number(values.deliveries),
    kills: Number(values.kills),
    postgresKills: Number(values['postgres-kills']),
    seed: Number(values.seed),
    limitMs: Number(values.minutes) * 60_000,
    ...(values.verbose && {
      log: (kind, message, fields) =>
        process.stderr.write(`${kind} ${message} ${JSON.stringify(fields ?? {})}\n`),
    }),
  });
  process.stdout.write(renderReport(report));
  process.exitCode = isClean(report) ? 0 : 1;
};

void main();
