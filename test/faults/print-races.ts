import { showAll, table } from './print-report';
import type { RaceReport } from './run-races';

const findings = ({ notOnce, disagreeing, verdict, unhandled }: RaceReport) => ({
  'not captured once': notOnce,
  'other state seen': disagreeing,
  lost: verdict.lost,
  doubled: verdict.doubled,
  imbalanced: verdict.imbalanced,
  unhandled,
});

export const areRacesClean = (report: RaceReport): boolean =>
  report.effectiveCaptures === report.races &&
  Object.values(findings(report)).every((lines) => lines.length === 0);

export const renderRaces = (report: RaceReport): string =>
  [
    ...table([
      ['races', report.races],
      ['wall seconds', report.wallSeconds.toFixed(1)],
      ['effective captures', report.effectiveCaptures],
      ["PayPal's were asked for", report.askedCaptures],
      ['first to write', [...report.firstWriters].map(([who, times]) => `${who} ${times}`).join(', ')],
      ['', ''],
      ...Object.entries(findings(report)).map(([name, lines]): [string, number] => [name, lines.length]),
    ]),
    ...Object.entries(findings(report)).flatMap(([name, lines]) => showAll(name, lines)),
    '',
  ].join('\n');
