import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type RealtimeClientOptions, type SupabaseClient } from '@supabase/supabase-js';
import { SignJWT } from 'jose';
import type { Client } from 'pg';
import { LOCAL_KEYS } from '../../local/parts/local-keys';
import type { RealtimeConfig } from '../../local/realtime/realtime-config';

/** Somebody with a token of Supabase Auth's kind. */
export type Person = { id: string; token: string };

const SECRET = new TextEncoder().encode(LOCAL_KEYS.supabaseJwtSecret);

/** @param seconds until the token ends */
export async function makeToken(id: string, seconds = 3600, claims: object = {}): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + seconds;
  return new SignJWT({ role: 'authenticated', aud: 'authenticated', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(id)
    .setExpirationTime(exp)
    .sign(SECRET);
}

/** Makes an account at Supabase Auth's tables, and with it a profile. */
export async function makePerson(database: Client): Promise<Person> {
  const id = crypto.randomUUID();
  await database.query('insert into auth.users (id, email) values ($1, $2)', [id, `${id}@example.com`]);
  return { id, token: await makeToken(id) };
}

/** Configuration of a server on a database, with a folder for what it remembers. */
export function configFor(databaseUrl: string): RealtimeConfig & { clean: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-realtime-'));
  return {
    port: 0,
    databaseUrl,
    jwtSecret: LOCAL_KEYS.supabaseJwtSecret,
    publishableKey: LOCAL_KEYS.supabasePublishableKey,
    secretKey: LOCAL_KEYS.supabaseSecretKey,
    rosterFile: join(folder, 'realtime.json'),
    clean: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The official client, as whoever `token` is; null = nobody. */
export async function clientFor(
  port: number,
  token: (() => string) | null,
  realtime: RealtimeClientOptions = {},
): Promise<SupabaseClient> {
  const client = createClient(`http://127.0.0.1:${port}`, LOCAL_KEYS.supabasePublishableKey, {
    ...(token && { accessToken: async () => token() }),
    auth: { persistSession: false },
    realtime,
  });
  // A join that is sent before the client has asked for its token carries none.
  if (token) await client.realtime.setAuth();
  return client;
}

/** Ends a client's socket and every timer of its channels. */
export async function dismiss(client: SupabaseClient): Promise<void> {
  for (const channel of client.getChannels()) channel.teardown();
  await client.realtime.disconnect();
}

/** Waits until something holds. */
export async function until(holds: () => boolean, patienceMs = 8_000): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`did not come to hold: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
