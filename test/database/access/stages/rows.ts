import { expectedRows } from '../expected-rows';
import { attempt, undone } from '../fixture';
import { compareCells } from '../outcome';
import type { Layer } from '../probe';
import { tableProbes } from '../table-probes';
import { tables } from '../tables';
import { isAskedFor, type Stage } from './stage';

const rows =
  (layer: Layer): Stage =>
  (question) => {
    const { superuser, rowNames } = question;
    const asked = tables.filter(({ name }) => isAskedFor(question, name));
    if (asked.length === 0) return Promise.resolve({ cells: 0, differences: [] });
    return undone(superuser, 'rows', async () => {
      // Of access rules alone: what rows must hold in themselves is tested elsewhere, and would hide them here.
      await superuser.query('set local session_replication_role = replica');
      if (layer === 'policies')
        await superuser.query(`grant usage on schema private to public;
          grant all on ${asked.map(({ name }) => name).join(', ')} to public;
          grant all on all sequences in schema public, private to public`);
      const expected = asked.flatMap((table) => [...expectedRows(table, layer, rowNames)]);
      const probes = asked.flatMap((table) => tableProbes(table, layer));
      return compareCells(new Map(expected), await attempt(superuser, probes));
    });
  };

/** Every operation on every table by every caller, with grants and policies as they are. */
export const rowsAsTheyAre = rows('whole');

/** The same with everything granted to everybody: the policies must hold by themselves. */
export const rowsByPoliciesAlone = rows('policies');
