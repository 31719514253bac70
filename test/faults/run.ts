import { parseArgs } from 'node:util';
import { isBlackoutClean, renderBlackout } from './print-blackout';
import { areRacesClean, renderRaces } from './print-races';
import { isClean, renderReport } from './print-report';
import { runBlackout } from './run-blackout';
import { runFaults } from './run-faults';
import { runRaces } from './run-races';

/** `npm run faults -- --deliveries N --kills K --seed S`; see docs/faults.md. */
const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      deliveries: { type: 'string', default: '5000' },
      copies: { type: 'string', default: '5' },
      kills: { type: 'string', default: '60' },
      'postgres-kills': { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '60' },
      races: { type: 'string' },
      blackout: { type: 'boolean', default: false },
      purchases: { type: 'string', default: '300' },
      verbose: { type: 'boolean', default: false },
    },
  });
  if (values.races !== undefined) {
    const races = await runRaces(Number(values.races));
    process.stdout.write(renderRaces(races));
    process.exitCode = areRacesClean(races) ? 0 : 1;
    return;
  }
  if (values.blackout) {
    const purchases = Number(values.purchases);
    const blackout = await runBlackout({ purchases, seed: Number(values.seed) });
    process.stdout.write(renderBlackout(blackout));
    process.exitCode = isBlackoutClean(blackout) ? 0 : 1;
    return;
  }
  const report = await runFaults({
    deliveries: Number(values.deliveries),
    mostCopies: Number(values.copies),
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
