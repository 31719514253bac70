import type { Pool, PoolClient } from 'pg';
import type { Claims } from './claims';

/** What a private channel's topic carries; policies tell them apart by realtime.messages.extension. */
export type Extension = 'broadcast' | 'presence';

/** Who asks for which topic. */
export type TopicRequest = { topic: string; claims: Claims };

/**
 * Whether policies on realtime.messages let the bearer read a topic. As Supabase asks it: two messages are inserted, the
 * bearer looks which of them he sees, and all is rolled back.
 */
export async function mayRead(pool: Pool, request: TopicRequest): Promise<Record<Extension, boolean>> {
  return rolledBack(pool, async (client) => {
    const { rows } = await client.query<{ id: string; extension: Extension }>(
      `insert into realtime.messages (topic, extension, private)
       values ($1, 'broadcast', true), ($1, 'presence', true) returning id, extension`,
      [request.topic],
    );
    await become(client, request);
    const seen = await client.query<{ id: string }>(
      'select id from realtime.messages where topic = $1 and id = any($2::uuid[])',
      [request.topic, rows.map(({ id }) => id)],
    );
    const sees = (wanted: Extension): boolean =>
      rows.some(({ id, extension }) => extension === wanted && seen.rows.some((row) => row.id === id));
    return { broadcast: sees('broadcast'), presence: sees('presence') };
  });
}

/** Whether policies on realtime.messages let the bearer send to a topic. */
export async function mayWrite(pool: Pool, request: TopicRequest, extension: Extension): Promise<boolean> {
  return rolledBack(pool, async (client) => {
    await become(client, request);
    try {
      await client.query('insert into realtime.messages (topic, extension, private) values ($1, $2, true)', [
        request.topic,
        extension,
      ]);
      return true;
    } catch (error) {
      if ((error as { code?: string }).code === '42501') return false;
      throw error;
    }
  });
}

async function become(client: PoolClient, { topic, claims }: TopicRequest): Promise<void> {
  await client.query(
    `select set_config('role', $1, true), set_config('realtime.topic', $2, true),
       set_config('request.jwt.claims', $3, true)`,
    [claims.role, topic, JSON.stringify(claims)],
  );
}

async function rolledBack<Answer>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Answer>,
): Promise<Answer> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('begin');
    return await work(client);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    await client.query('rollback').catch(() => undefined);
    // A failed statement leaves a sound connection; a failed connection does not come back.
    client.release(failure !== undefined && !('code' in failure));
  }
}
