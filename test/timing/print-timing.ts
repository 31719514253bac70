import { type AccountClass, CLASSES } from './make-accounts';
import type { Measured } from './measure-routes';
import { median, quantile, separability } from './statistics';

/** What no pair of classes may reach. */
const MAX_AUC = 0.6;
const MAX_GAP_MS = 5;

interface Pair {
  readonly names: readonly [AccountClass, AccountClass];
  readonly auc: number;
  readonly gapMs: number;
}

const pairsOf = ({ times }: Measured): readonly Pair[] =>
  CLASSES.flatMap((a, at) =>
    CLASSES.slice(at + 1).map(
      (b): Pair => ({
        names: [a, b],
        auc: separability(times[a], times[b]),
        gapMs: Math.abs(median(times[a]) - median(times[b])),
      }),
    ),
  );

/** Whether nobody can tell the classes apart, by content or by time. */
export const isAlike = (measured: Measured): boolean =>
  measured.contents.length === 1 &&
  pairsOf(measured).every(({ auc, gapMs }) => auc <= MAX_AUC && gapMs < MAX_GAP_MS);

/** One route as text. */
export const renderMeasured = (measured: Measured): string => {
  const { route, times, contents } = measured;
  const line = (values: readonly number[]): string =>
    [0.05, 0.5, 0.95].map((share) => quantile(values, share).toFixed(1).padStart(8)).join('');
  const pairs = pairsOf(measured).map(
    ({ names, auc, gapMs }) =>
      `  ${names.join(' / ').padEnd(28)} AUC ${auc.toFixed(3)}   median gap ${gapMs.toFixed(2)} ms`,
  );
  return [
    `POST /api/auth/${route}: ${isAlike(measured) ? 'alike' : 'NOT ALIKE'}; different answers: ${contents.length}`,
    `  ${'class'.padEnd(14)}${'n'.padStart(6)}${'p5 ms'.padStart(8)}${'median'.padStart(8)}${'p95'.padStart(8)}`,
    ...CLASSES.map(
      (name) => `  ${name.padEnd(14)}${String(times[name].length).padStart(6)}${line(times[name])}`,
    ),
    ...pairs,
    ...(contents.length > 1 ? contents.map((content) => `  answer: ${content.replaceAll('\n', ' ')}`) : []),
    '',
  ].join('\n');
};
