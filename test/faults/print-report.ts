import { countKills } from './counters';
import type { FaultReport } from './run-faults';

/** The four figures that must be zero, and what else must not happen. */
export const isClean = ({ verdict, regressed, unhandled, settled, counters }: FaultReport): boolean =>
  verdict.lost.length +
    verdict.doubled.length +
    verdict.imbalanced.length +
    regressed.length +
    unhandled.length +
    settled.unsettled.length +
    counters.forgeriesAccepted ===
  0;

/** Differences of a kind that are printed in full. */
const MOST_SHOWN = 10;

/** The report as text: one table, then the first differences. */
export const renderReport = (report: FaultReport): string => {
  const { options, counters, verdict, regressed, unhandled, settled } = report;
  const { seed } = options;
  const sum = (counts: ReadonlyMap<string, number>): string =>
    [...counts].map(([name, times]) => `${name} ${times}`).join(', ') || 'none';
  const rows: [string, string | number][] = [
    ['seed', seed],
    ['deliveries', counters.deliveries],
    ['forged deliveries', `${counters.forgedDeliveries} (${counters.crcForgeries} with fitting CRC32)`],
    ['forgeries accepted', counters.forgeriesAccepted],
    ['purchases', `${counters.purchases} (${counters.abandoned} given up), ${counters.races} races`],
    ['payments, facts', `${verdict.payments}, ${verdict.facts}`],
    ['kills', `${countKills(counters)} at ${counters.killsByPoint.size} points`],
    ['frozen processes', counters.frozen],
    ['postgres kills', counters.postgresKills],
    ['provider faults', counters.providerFaults],
    ['queue troubles', counters.queueTroubles],
    ['dead letters put back', settled.deadLetters],
    ['5xx of the catalogue', sum(counters.refusals)],
    ['5xx of the platform', counters.platformErrors],
    ['calls with dead keys', settled.deadKeys],
    ['rounds to quiet', settled.rounds],
    ['wall seconds', report.wallSeconds.toFixed(1)],
    ['lost', verdict.lost.length],
    ['doubled', verdict.doubled.length],
    ['regressed', regressed.length],
    ['imbalanced', verdict.imbalanced.length],
    ['unsettled', settled.unsettled.length],
    ['unhandled', unhandled.length],
  ];
  const kills = [...counters.killsByPoint].sort(([a], [b]) => a.localeCompare(b));
  return [
    ...rows.map(([name, value]) => `${name.padEnd(24)}${value}`),
    '',
    'kills by point',
    ...kills.map(([name, times]) => `${String(times).padStart(5)}  ${name}`),
    ...showAll('lost', verdict.lost),
    ...showAll('doubled', verdict.doubled),
    ...showAll('regressed', regressed),
    ...showAll('imbalanced', verdict.imbalanced),
    ...showAll('unsettled', settled.unsettled),
    ...showAll('unhandled', unhandled),
    ...(report.evidence === '' ? [] : ['', report.evidence]),
    '',
  ].join('\n');
};

const showAll = (name: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `${name}:`, ...lines.slice(0, MOST_SHOWN).map((line) => `  ${line}`)];
