import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';

/** The keys of all open differences with a provider, those first that were looked at longest ago. */
export const listOpenDrift = async (
  db: Queryable,
  provider: Provider,
  limit: number,
): Promise<readonly string[]> => {
  const { rows } = await db.query<{ readonly key: string }>(
    `select key from private.drift where provider = $1 and resolved_at is null
     group by key order by min(last_seen), key limit $2::int`,
    [provider, limit],
  );
  return rows.map(({ key }) => key);
};

/** How many differences are open, over all providers. */
export const countOpenDrift = async (db: Queryable): Promise<number> => {
  const { rows } = await db.query<{ readonly open: number }>(
    'select count(*)::int as open from private.drift where resolved_at is null',
  );
  return rows[0]?.open ?? 0;
};
