import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { startSupabase } from '../../../local/supabase/start-supabase';
import { makeSupabaseObjects } from '../../../services/files/providers/supabase-objects';
import type { Person } from '../../authorization/people';
import { FAKE_JWT_SECRET } from '../fake-identity';
import { openPaymentDatabase, type PaymentDatabase } from '../payment-service';
import { type FilesService, makeFilesService } from './files-service';

const PUBLISHABLE_KEY = 'sb_publishable_TandemFilesTest_x';
const SECRET_KEY = 'sb_secret_TandemFilesTest_x';

/** The files service on the embedded Supabase with its Storage. */
export interface FilesOnStorage extends PaymentDatabase, FilesService {
  readonly url: string;
  /** supabase-js as a browser has it; with somebody's access token, or nobody's. */
  readonly browser: (as?: Person) => SupabaseClient;
  /** With all power. */
  readonly admins: SupabaseClient;
}

export const startFilesOnStorage = async (): Promise<FilesOnStorage> => {
  const databases = await openPaymentDatabase();
  const storageDir = mkdtempSync(join(tmpdir(), 'tandem-storage-'));
  const address = new URL(databases.url);
  const supabase = await startSupabase(
    {
      port: 0,
      authDatabaseUrl: Object.assign(new URL(address), {
        username: 'supabase_auth_admin',
        password: 'supabase_auth_admin',
      }).href,
      dataDatabaseUrl: databases.url,
      jwtSecret: FAKE_JWT_SECRET,
      publishableKey: PUBLISHABLE_KEY,
      secretKey: SECRET_KEY,
      siteUrl: 'http://127.0.0.1:4000',
      smtpPort: 1,
      storageDir,
    },
    () => undefined,
  );
  const { url } = supabase;
  const service = makeFilesService({
    database: databases.as('tandem_files'),
    objects: makeSupabaseObjects({ url, timeoutMs: 10_000 }, SECRET_KEY),
    supabaseUrl: url,
  });
  const client = (key: string, headers: Record<string, string> = {}) =>
    createClient(url, key, {
      auth: { persistSession: false, autoRefreshToken: false },
      global: { headers },
    });
  return {
    ...databases,
    ...service,
    url,
    browser: (as) => client(PUBLISHABLE_KEY, { ...as?.headersOf('access') }),
    admins: client(SECRET_KEY),
    close: async () => {
      await supabase.close();
      await databases.close();
      rmSync(storageDir, { recursive: true, force: true });
    },
  };
};
