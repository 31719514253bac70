import type { SupabaseClientOptions } from '@supabase/supabase-js';

/** Where a Supabase project answers, and how long it may take. */
export interface SupabaseProject {
  readonly url: string;
  /** Milliseconds for each request. */
  readonly timeoutMs: number;
  /** What requests are made with; default: the global one. */
  readonly fetch?: typeof fetch;
}

/**
 * What every client here has in common: it remembers nobody, renews nothing on its own, waits no longer than told and
 * follows no redirect. An error that is not JSON becomes one, or supabase-js would not tell its status.
 */
export const clientOptions = ({
  timeoutMs,
  fetch: send = fetch,
}: SupabaseProject): SupabaseClientOptions<'public'> => ({
  auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  global: {
    fetch: async (input, init) => {
      const deadline = AbortSignal.timeout(timeoutMs);
      const signal = init?.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
      const response = await send(input, { ...init, signal, redirect: 'error' });
      return response.ok || isJson(response) ? response : asJson(response);
    },
  },
});

const isJson = ({ headers }: Response): boolean => /json/i.test(headers.get('content-type') ?? '');

/** A path that the project's Supabase does not have is not the same as an object that it does not find. */
const asJson = async (response: Response): Promise<Response> => {
  await response.body?.cancel();
  const code = response.status === 404 ? { error_code: 'route_not_found' } : {};
  return Response.json({ msg: 'not JSON', ...code }, { status: response.status });
};
