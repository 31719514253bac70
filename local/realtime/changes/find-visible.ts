import type { Pool } from 'pg';
import type { Claims } from '../access/claims';
import type { Row } from '../feed/change';
import type { Table } from './read-table';

/** What row-level security says for one bearer. */
export type Visible = {
  /** Indexes of the rows that he sees. */
  rows: Set<number>;
  /** Whether his policies failed to evaluate: then he sees none, and is told. */
  hasFailed: boolean;
};

/**
 * Asks for each bearer which rows he sees at this moment, with his role and claims, by primary key: one statement for all.
 * Rows are judged as Supabase judges them (realtime.apply_rls), by their present state, not by their state at the commit.
 */
export async function findVisible(
  pool: Pool,
  table: Table,
  rows: Row[],
  bearers: Claims[],
): Promise<Visible[]> {
  const keys = table.columns.filter(({ isKey }) => isKey);
  const isSame = keys.map(({ name, type }, at) => `t.${quote(name)} = (v ->> ${at})::${type}`).join(' and ');
  const query = `select coalesce(array_agg(n::int - 1), '{}') from jsonb_array_elements($1) with ordinality k (v, n)
    where exists (select from ${table.name} t where ${isSame})`;
  const values = JSON.stringify(rows.map((row) => keys.map(({ name }) => row[name] ?? null)));
  const ask = async (asked: Claims[]): Promise<Visible[]> => {
    const subscribers = asked.map((claims) => ({ role: claims.role, claims: JSON.stringify(claims) }));
    const answer = await pool.query<{ visible: number[]; failure: string | null }>({
      name: 'visible-rows',
      text: 'select visible, failure from pg_temp.visible_rows($1, $2, $3)',
      values: [query, values, JSON.stringify(subscribers)],
    });
    return answer.rows.map(({ visible, failure }) => ({
      rows: new Set(visible),
      hasFailed: failure !== null,
    }));
  };
  try {
    return await ask(bearers);
  } catch (error) {
    if ((error as { code?: string }).code !== '57014') throw error;
    // Somebody's policies took too long and ended the statement for all: each is asked alone.
    return askAlone(bearers, ask);
  }
}

async function askAlone(bearers: Claims[], ask: (asked: Claims[]) => Promise<Visible[]>): Promise<Visible[]> {
  const answers: Visible[] = [];
  for (const bearer of bearers) {
    const [answer] = await ask([bearer]).catch((error: unknown) => {
      if ((error as { code?: string }).code !== '57014') throw error;
      return [];
    });
    answers.push(answer ?? { rows: new Set(), hasFailed: true });
  }
  return answers;
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
