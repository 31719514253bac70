import type { SupabaseClientOptions } from '@supabase/supabase-js';

/** Where a Supabase project answers, and how long it may take. */
export interface SupabaseProject {
  readonly url: string;
  /** Milliseconds for each request. */
  readonly timeoutMs: number;
}

/**
 * What every client here has in common: it remembers nobody, renews nothing on its own, waits no longer than told and
 * follows no redirect.
 */
export const clientOptions = ({ timeoutMs }: SupabaseProject): SupabaseClientOptions<'public'> => ({
  auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  global: {
    fetch: (input, init) => {
      const deadline = AbortSignal.timeout(timeoutMs);
      const signal = init?.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
      return fetch(input, { ...init, signal, redirect: 'error' });
    },
  },
});
