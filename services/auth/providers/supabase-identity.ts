import type { Log } from '#shared/observability/logger';
import type { IdentityProvider } from '../ports';
import { makeSupabaseFactors } from './supabase-factors';
import { makeSupabaseMails } from './supabase-mails';
import type { SupabaseParts } from './supabase-parts';
import { makeSupabasePasswords } from './supabase-passwords';
import { makeSupabaseSocial } from './supabase-social';

export interface SupabaseIdentityOptions {
  readonly url: string;
  readonly publishableKey: string;
  readonly log: Pick<Log, 'warn'>;
  /** What requests are made with; default: the global one. */
  readonly fetch?: typeof fetch;
}

/** Milliseconds for one request. */
const REQUEST_TIMEOUT_MS = 8_000;

/** Supabase Auth through supabase-js. A client for each operation, so that no session reaches the next one. */
export const makeSupabaseIdentity = ({
  url,
  publishableKey,
  log,
  fetch,
}: SupabaseIdentityOptions): IdentityProvider => {
  const project = { url, timeoutMs: REQUEST_TIMEOUT_MS, ...(fetch && { fetch }) };
  const parts: SupabaseParts = { project, publishableKey, log };
  return {
    ...makeSupabasePasswords(parts),
    ...makeSupabaseMails(parts),
    ...makeSupabaseSocial(parts),
    ...makeSupabaseFactors(parts),
  };
};
