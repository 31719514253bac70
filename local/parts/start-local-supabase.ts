import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Supabase, startSupabase } from '../supabase/start-supabase';
import { LOCAL_KEYS } from './local-keys';
import type { Database } from './start-database';

export type LocalSupabaseOptions = {
  port: number;
  database: Database;
  siteUrl: string;
  smtpPort: number;
  /** Where Realtime listens. */
  realtimePort: number | undefined;
  stateDir: string;
  /** Whether new accounts must confirm their address. */
  confirmEmails: boolean;
  onDeath?: () => void;
};

/** Supabase on the embedded Postgres with the keys of the local stack. */
export function startLocalSupabase(options: LocalSupabaseOptions): Promise<Supabase> {
  const { port, database, siteUrl, smtpPort, realtimePort, stateDir, confirmEmails } = options;
  const config = {
    port,
    authDatabaseUrl: database.url('supabase_auth_admin'),
    dataDatabaseUrl: database.url(),
    jwtSecret: LOCAL_KEYS.supabaseJwtSecret,
    publishableKey: LOCAL_KEYS.supabasePublishableKey,
    secretKey: LOCAL_KEYS.supabaseSecretKey,
    siteUrl,
    smtpPort,
    realtimePort,
    storageDir: join(stateDir, 'storage'),
    confirmEmails,
  };
  const onOutput = (line: string) => appendFileSync(join(stateDir, 'logs', 'supabase.log'), `${line}\n`);
  return startSupabase(config, onOutput, options.onDeath);
}
