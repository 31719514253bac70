import { isFlawless, type Verdict } from './judge-arrivals';
import type { LiveReport } from './run-live';

export const isLiveClean = ({ people }: LiveReport): boolean =>
  people.every(({ verdict, faults }) => isFlawless(verdict) && faults.length === 0);

/** Events of a kind that are named. */
const MOST_SHOWN = 10;

/** The report as text: one table, then the first events of each kind that should not be. */
export const renderLive = (report: LiveReport): string => {
  const { options, transactions, people, seconds } = report;
  const all = (kind: keyof Verdict): readonly string[] =>
    people.flatMap(({ verdict }, index) => verdict[kind].map((name) => `user ${index + 1}: ${name}`));
  const findings: Readonly<Record<string, readonly string[]>> = {
    leaked: all('leaked'),
    lost: all('lost'),
    'out of order': all('outOfOrder'),
    doubled: all('doubled'),
    'told too much': people.flatMap(({ faults }) => faults),
  };
  const rows: readonly (readonly [string, string | number])[] = [
    ['seed', options.seed],
    ['row events', options.events],
    ['transactions', `${transactions.committed} committed, ${transactions.undone} undone`],
    ['to be seen by each', people.map(({ expected }) => expected).join(', ')],
    ['restarts', options.restarts.join(', ') || 'none'],
    ['', ''],
    ...Object.entries(findings).map(([name, names]): [string, number] => [name, names.length]),
    ['', ''],
    ['wall seconds', `${seconds.wall.toFixed(1)} (writing ${seconds.writing.toFixed(1)})`],
  ];
  const shown = Object.entries(findings).flatMap(([name, names]) =>
    names.length === 0 ? [] : ['', `${name}:`, ...names.slice(0, MOST_SHOWN).map((line) => `  ${line}`)],
  );
  return [...rows.map(([name, value]) => `${name.padEnd(24)}${value}`.trimEnd()), ...shown, ''].join('\n');
};
