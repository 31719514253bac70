import type { Difference } from '../../services/payment/use-cases/compare-derived';
import type { RebuildResult } from './run-rebuild';

/** Whether the rebuilt state is the source's, byte by byte. */
export const isEqual = ({ differing, failed }: RebuildResult): boolean =>
  differing === 0 && failed.size === 0;

/** What `npm run rebuild` prints: a line of figures, and each difference with both values. */
export const renderRebuild = (result: RebuildResult): string => {
  const { payments, reports, seconds, counts, held, failed, differing, differences } = result;
  const [facts, bookings] = [counts.payment_facts ?? 0, counts.ledger_transactions ?? 0];
  const verdict = isEqual(result) ? 'equal' : `${differing} rows differ`;
  const figures = `rebuilt ${payments} payments, ${facts} facts, ${bookings} bookings from ${reports} reports in ${seconds.toFixed(1)} s`;
  const waiting =
    held === 0 ? [] : [`${held} held reports wait for their payment; they have no effect on either side`];
  const errors = [...failed].slice(0, 50).map(([key, error]) => `inbox ${key} cannot be replayed: ${error}`);
  const more = differing > differences.length ? [`… and ${differing - differences.length} more`] : [];
  return [`${figures}: ${verdict}`, ...waiting, ...errors, ...differences.map(renderDifference), ...more]
    .map((line) => `${line}\n`)
    .join('');
};

const renderDifference = ({ table, key, source, rebuilt }: Difference): string => {
  if (source === null) return `${table} ${key}: only rebuilt: ${rebuilt}`;
  if (rebuilt === null) return `${table} ${key}: only in the source: ${source}`;
  const [a, b] = [JSON.parse(source), JSON.parse(rebuilt)] as Record<string, unknown>[];
  const columns = Object.keys({ ...a, ...b }).filter(
    (column) => JSON.stringify(a?.[column]) !== JSON.stringify(b?.[column]),
  );
  const values = columns.map(
    (column) => `${column} ${JSON.stringify(a?.[column])} rebuilt ${JSON.stringify(b?.[column])}`,
  );
  return `${table} ${key}: ${values.join(', ')}`;
};
