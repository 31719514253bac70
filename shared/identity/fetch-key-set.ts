import type { JSONWebKeySet } from 'jose';
import { sendHttps } from '#shared/config/send-https';

/** The issuer of a Supabase project's tokens, and the base of its Auth API. */
export const issuerOf = (supabaseUrl: string): string => `${supabaseUrl.replace(/\/+$/, '')}/auth/v1`;

/**
 * Fetches a Supabase project's public signing keys (RFC 7517), which it serves without a key of its own. Over `node:https`:
 * jose's own remote key set would load `fetch`.
 *
 * @throws Error when there is no key set in time
 */
export const fetchKeySet = async (supabaseUrl: string, timeoutMs: number): Promise<JSONWebKeySet> => {
  const { status, text } = await sendHttps({
    url: new URL(`${issuerOf(supabaseUrl)}/.well-known/jwks.json`),
    method: 'GET',
    headers: { accept: 'application/json' },
    body: '',
    timeoutMs,
    freshConnection: true,
  });
  if (status !== 200) throw new Error(`key set: ${status}`);
  const value: unknown = JSON.parse(text);
  if (!isKeySet(value)) throw new Error('key set: not a key set');
  return value;
};

const isKeySet = (value: unknown): value is JSONWebKeySet =>
  typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys);
