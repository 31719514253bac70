import { attempt, undone } from '../fixture';
import { compareCells, objectOf } from '../outcome';
import { placeProbes } from '../place-probes';
import { isAskedFor, type Stage } from './stage';

/** Functions called, sequences used, and tables made in schemas, by every caller. */
export const places: Stage = (question) => {
  const asked = placeProbes().filter(({ probe }) => isAskedFor(question, objectOf(probe.cell)));
  if (asked.length === 0) return Promise.resolve({ cells: 0, differences: [] });
  const { superuser } = question;
  return undone(superuser, 'places', async () => {
    const expected = new Map(asked.map(({ probe, verdict }) => [probe.cell, verdict]));
    return compareCells(
      expected,
      await attempt(
        superuser,
        asked.map(({ probe }) => probe),
      ),
    );
  });
};
