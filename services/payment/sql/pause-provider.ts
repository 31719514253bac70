import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';

/** Until when each provider that asked for it is to be left alone; milliseconds since 1970. Past ones are left out. */
export const listPauses = async (db: Queryable, now: number): Promise<ReadonlyMap<Provider, number>> => {
  const { rows } = await db.query<{ readonly provider: Provider; readonly until: Date }>(
    'select provider, until from private.provider_pauses where until > $1::timestamptz',
    [new Date(now).toISOString()],
  );
  return new Map(rows.map(({ provider, until }) => [provider, until.getTime()]));
};

/** Notes that a provider wants to be left alone; the longest wish counts. */
export const pauseProvider = async (db: Queryable, provider: Provider, until: number): Promise<void> => {
  await db.query(
    `insert into private.provider_pauses as p (provider, until) values ($1, $2::timestamptz)
     on conflict (provider) do update set until = greatest(p.until, excluded.until), noted_at = now()`,
    [provider, new Date(until).toISOString()],
  );
};
