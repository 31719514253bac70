import { showAll, table } from './print-report';
import type { BlackoutReport } from './run-blackout';

const findings = ({ verdict, unsettled, unhandled }: BlackoutReport) => ({
  lost: verdict.lost,
  doubled: verdict.doubled,
  imbalanced: verdict.imbalanced,
  unsettled,
  unhandled,
});

export const isBlackoutClean = (report: BlackoutReport): boolean =>
  report.arrivedEvents === 0 && Object.values(findings(report)).every((lines) => lines.length === 0);

export const renderBlackout = (report: BlackoutReport): string => {
  const [afterDay, ...afterPeriods] = report.differences;
  return [
    ...table([
      ['seed', report.options.seed],
      ['wall seconds', report.wallSeconds.toFixed(1)],
      ['purchases in a day', report.options.purchases],
      ['payments, facts', `${report.verdict.payments}, ${report.verdict.facts}`],
      ['events lost, arrived', `${report.lostEvents}, ${report.arrivedEvents}`],
      ['differences after', `the day ${afterDay}, each sweep period ${afterPeriods.join(', ')}`],
      ['', ''],
      ...Object.entries(findings(report)).map(([name, lines]): [string, number] => [name, lines.length]),
    ]),
    ...Object.entries(findings(report)).flatMap(([name, lines]) => showAll(name, lines)),
    '',
  ].join('\n');
};
