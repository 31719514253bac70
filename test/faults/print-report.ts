import { countKills } from './counters';
import type { FaultReport } from './run-faults';

/** Everything that must be empty, by its name. */
export const findings = (report: FaultReport) => {
  const { verdict, regressed, unhandled, moved, rebuiltDifferently, settled } = report;
  return {
    lost: verdict.lost,
    doubled: verdict.doubled,
    regressed,
    imbalanced: verdict.imbalanced,
    unsettled: settled.unsettled,
    'moved by late events': moved,
    'rebuilt differently': rebuiltDifferently,
    unhandled,
  };
};

export const isClean = (report: FaultReport): boolean =>
  report.counters.forgeriesAccepted === 0 &&
  Object.values(findings(report)).every((lines) => lines.length === 0);

/** Differences of a kind that are printed in full. */
const MOST_SHOWN = 10;

/** The report as text: one table, then the first differences. */
export const renderReport = (report: FaultReport): string => {
  const { counters, verdict, settled, distinctEvents } = report;
  const sum = (counts: ReadonlyMap<string, number>): string =>
    [...counts].map(([name, times]) => `${name} ${times}`).join(', ') || 'none';
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const rows: [string, string | number][] = [
    ['seed', report.options.seed],
    ['wall seconds', `${report.wallSeconds.toFixed(1)} (${inWords(report.seconds)})`],
    ['deliveries', counters.deliveries],
    ['duplicates', percent(1 - distinctEvents / Math.max(1, counters.deliveries))],
    ['distinct events', distinctEvents],
    ['payments out of order', percent(report.disorder)],
    ['payments, facts', `${verdict.payments}, ${verdict.facts}`],
    ['purchases', `${counters.purchases} (${counters.abandoned} given up), ${counters.races} races`],
    ['disputes', sum(counters.disputes)],
    ['payouts', sum(counters.payouts)],
    ['forged deliveries', `${counters.forgedDeliveries} (${counters.crcForgeries} with fitting CRC32)`],
    ['kills', `${countKills(counters)} at ${counters.killsByPoint.size} points`],
    ['frozen, zombies', `${counters.frozen}, ${counters.zombies}`],
    ['postgres kills', counters.postgresKills],
    ['connection cuts', report.connectionCuts],
    ['forced conflicts', report.forcedConflicts],
    ['locks held too long', `${counters.lockHolders} (and ${counters.deadlocks} deadlocks lost)`],
    ['queue restarts', counters.queueRestarts],
    ['queue troubles', counters.queueTroubles],
    ['provider faults', counters.providerFaults],
    ['calls with dead keys', report.deadKeys],
    ['dead letters put back', settled.deadLetters],
    ['told to clients', sum(counters.refusals)],
    ['5xx of the platform', counters.platformErrors],
    ['from the inbox', report.rebuilt],
    ['rounds to quiet', settled.rounds],
    ['', ''],
    ...Object.entries(findings(report)).map(([name, lines]): [string, number] => [name, lines.length]),
    ['forgeries accepted', counters.forgeriesAccepted],
    ['sockets elsewhere', counters.forbiddenSockets.length],
  ];
  const kills = [...counters.killsByPoint].sort(([a], [b]) => a.localeCompare(b));
  return [
    ...table(rows),
    '',
    'kills by point',
    ...kills.map(([name, times]) => `${String(times).padStart(5)}  ${name}`),
    ...Object.entries(findings(report)).flatMap(([name, lines]) => showAll(name, lines)),
    ...(report.evidence === '' ? [] : ['', report.evidence]),
    '',
  ].join('\n');
};

const inWords = (seconds: FaultReport['seconds']): string =>
  Object.entries(seconds)
    .map(([what, lasted]) => `${what} ${lasted.toFixed(1)}`)
    .join(', ');

export const table = (rows: readonly (readonly [string, string | number])[]): string[] =>
  rows.map(([name, value]) => `${name.padEnd(24)}${value}`.trimEnd());

export const showAll = (name: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `${name}:`, ...lines.slice(0, MOST_SHOWN).map((line) => `  ${line}`)];
