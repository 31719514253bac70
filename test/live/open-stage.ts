import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@supabase/supabase-js';
import { makeClosers } from '../../local/parts/closers';
import { LOCAL_KEYS } from '../../local/parts/local-keys';
import { startDatabase } from '../../local/parts/start-database';
import { startLocalRealtime } from '../../local/parts/start-local-realtime';
import { startLocalSupabase } from '../../local/parts/start-local-supabase';
import { ROOT } from '../../local/paths';
import { freePort } from '../../local/ports/free-port';
import { openChromium, type Session } from './open-chromium';
import type { Person, Project, Stage } from './stage';
import { watchRows } from './watch-rows';

interface Account {
  readonly id: string;
  readonly session: Session;
}

/**
 * Postgres, Supabase and Realtime as the runner starts them, with two people who signed up. Without the functions: nobody but
 * the run writes, and nobody else answers what it writes with rows of their own.
 *
 * @param inBrowser they watch in a Chromium and not in this process
 */
export const openStage = async (
  inBrowser: boolean,
): Promise<Stage & { readonly close: () => Promise<void> }> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'tandem-live-'));
  mkdirSync(join(stateDir, 'logs'));
  const closers = makeClosers();
  closers.add('folder', () => rmSync(stateDir, { recursive: true, force: true }));
  const close = () =>
    closers.closeAll((name, error) => process.stderr.write(`${name} did not end: ${String(error)}\n`));
  try {
    const onLog = () => undefined;
    const database = await startDatabase({ root: ROOT, stateDir, port: 0, durable: false, onLog });
    closers.add('postgres', database.close);
    const realtimePort = await freePort();
    const realtime = await startLocalRealtime({ database, isWanted: true, port: realtimePort, stateDir });
    if (realtime === undefined) throw new Error('Realtime did not start');
    closers.add('realtime', realtime.close);
    const supabase = await startLocalSupabase({
      port: 0,
      database,
      realtimePort,
      siteUrl: 'http://127.0.0.1:4000',
      smtpPort: 0, // nobody has to confirm an address, so no mail leaves
      stateDir,
      confirmEmails: false,
    });
    closers.add('supabase', supabase.close);
    const project: Project = { supabaseUrl: supabase.url, publishableKey: LOCAL_KEYS.supabasePublishableKey };
    const accounts = [await signUp(project), await signUp(project)] as const;
    const chromium = inBrowser ? await openChromium(project) : undefined;
    closers.add('chromium', async () => chromium?.close());
    return {
      databaseUrl: database.url(),
      people: [asPerson(accounts[0]), asPerson(accounts[1])],
      watch: (person) => {
        const account = accounts.find(({ id }) => id === person.id);
        return chromium && account ? chromium.watch(account.session) : watchRows(project, person);
      },
      restarts: {
        realtime: realtime.restart,
        'realtime-kill': async () => {
          await realtime.kill();
          await realtime.restart();
        },
        'postgres-kill': async () => {
          await database.kill();
          await database.restart();
        },
        'kill-both': async () => {
          await Promise.all([realtime.kill(), database.kill()]);
          await database.restart();
          await realtime.restart();
        },
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const signUp = async ({ supabaseUrl, publishableKey }: Project): Promise<Account> => {
  const auth = { persistSession: false, autoRefreshToken: false };
  const client = createClient(supabaseUrl, publishableKey, { auth });
  const email = `live-${crypto.randomUUID()}@example.com`;
  const { data, error } = await client.auth.signUp({ email, password: 'correct horse battery' });
  if (data.session === null || data.user === null) throw error ?? new Error('no session');
  return { id: data.user.id, session: data.session };
};

const asPerson = ({ id, session }: Account): Person => ({ id, accessToken: session.access_token });
