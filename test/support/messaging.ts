import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { Client } from 'pg';
import { LOCAL_KEYS } from '../../local/parts/local-keys';
import { dropSlot } from '../../local/realtime/feed/replication-slot';
import { runRealtime } from '../../local/realtime/run-realtime';
import { startSupabase } from '../../local/supabase/start-supabase';
import { clientFor, configFor, makePerson, makeToken } from '../realtime/realtime-stage';
import { createTestDatabase } from './postgres';

/** Somebody with the official client, signed in at the Data API and at Realtime. */
export interface Correspondent {
  readonly id: string;
  readonly client: SupabaseClient;
}

export interface Messaging {
  /** As the superuser. */
  readonly admin: Client;
  readonly newCorrespondent: (name: string) => Promise<Correspondent>;
  /** The official client of nobody. */
  readonly stranger: SupabaseClient;
  readonly close: () => Promise<void>;
}

/** The embedded Supabase with Realtime, at one address, on a database of its own. */
export const openMessaging = async (): Promise<Messaging> => {
  const database = await createTestDatabase();
  const admin = new Client({ connectionString: database.adminUrl });
  await admin.connect();
  const config = configFor(database.adminUrl);
  const realtime = await runRealtime(config, () => undefined);
  const supabase = await startSupabase(
    {
      port: 0,
      authDatabaseUrl: database.urlFor('supabase_auth_admin'),
      dataDatabaseUrl: database.adminUrl,
      jwtSecret: LOCAL_KEYS.supabaseJwtSecret,
      publishableKey: LOCAL_KEYS.supabasePublishableKey,
      secretKey: LOCAL_KEYS.supabaseSecretKey,
      siteUrl: 'http://127.0.0.1:4000',
      smtpPort: 1,
      realtimePort: realtime.port,
    },
    () => undefined,
  );
  const port = Number(new URL(supabase.url).port);
  const clients: SupabaseClient[] = [];
  return {
    admin,
    newCorrespondent: async (name) => {
      const { id } = await makePerson(admin);
      await admin.query('update public.user_profiles set name = $2 where id = $1', [id, name]);
      const token = await makeToken(id);
      const client = await clientFor(port, () => token);
      clients.push(client);
      return { id, client };
    },
    stranger: createClient(supabase.url, LOCAL_KEYS.supabasePublishableKey, {
      auth: { persistSession: false },
    }),
    close: async () => {
      await Promise.all(clients.map((client) => client.realtime.disconnect()));
      await supabase.close();
      await realtime.close();
      await dropSlot(database.adminUrl);
      config.clean();
      await admin.end();
      await database.drop();
    },
  };
};
