import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { dropSlot } from '../realtime/feed/replication-slot';
import { type Realtime, startRealtime } from '../realtime/start-realtime';
import { LOCAL_KEYS } from './local-keys';
import type { Database } from './start-database';

export type LocalRealtimeOptions = {
  /** undefined = the whole of Supabase is replaced by a real one, which has its own. */
  database: Database | undefined;
  isWanted: boolean;
  port: number;
  stateDir: string;
  onDeath?: () => void;
};

/**
 * Realtime on the embedded Postgres with the keys of the local stack. Where it is not wanted, what an earlier run left for it
 * in the database goes away.
 */
export async function startLocalRealtime(options: LocalRealtimeOptions): Promise<Realtime | undefined> {
  const { database, isWanted, port, stateDir } = options;
  if (database === undefined) return undefined;
  if (!isWanted) {
    await dropSlot(database.url());
    return undefined;
  }
  const config = {
    port,
    databaseUrl: database.url(),
    jwtSecret: LOCAL_KEYS.supabaseJwtSecret,
    publishableKey: LOCAL_KEYS.supabasePublishableKey,
    secretKey: LOCAL_KEYS.supabaseSecretKey,
    rosterFile: join(stateDir, 'realtime.json'),
  };
  const onOutput = (line: string) => appendFileSync(join(stateDir, 'logs', 'realtime.log'), `${line}\n`);
  return startRealtime(config, onOutput, options.onDeath);
}
