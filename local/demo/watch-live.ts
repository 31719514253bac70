import {
  createClient,
  type RealtimePostgresChangesPayload,
  type SupabaseClient,
} from '@supabase/supabase-js';
import type { RunInfo } from '../state/run-file';
import type { Answer, Payment } from './api-client';

/** A payment as Realtime tells it, as far as it is shown. */
export type LivePayment = Pick<Payment, 'id' | 'provider' | 'status' | 'currency'> & { amount_minor: number };

/** A change that reached the client. */
export type LiveChange = {
  payment: LivePayment;
  /** By performance.now(). */
  arrivedAt: number;
  /** From the commit in Postgres until the client had it, in milliseconds; both clocks are this machine's. */
  sinceCommitMs: number;
};

export type LiveView = {
  /** Resolves with the first change, from now or before, that brings the payment into the status; rejects after `patienceMs`. */
  until: (paymentId: string, status: string, patienceMs?: number) => Promise<LiveChange>;
  close: () => Promise<void>;
};

type Change = RealtimePostgresChangesPayload<LivePayment>;

/** Watches the payments of whoever has signed in, as an app does: stock supabase-js, nothing of ours. */
export async function watchLive(
  { urls, keys }: RunInfo,
  session: Answer['supabase_session'],
): Promise<LiveView> {
  const client = createClient(urls.supabase ?? '', keys.supabasePublishable ?? '', {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { error } = await client.auth.setSession(session);
  if (error) throw error;
  const seen: LiveChange[] = [];
  const listeners = new Set<() => void>();
  await subscribe(client, (change) => {
    if (change.eventType === 'DELETE') return;
    const sinceCommitMs = Date.now() - Date.parse(change.commit_timestamp);
    seen.push({ payment: change.new, arrivedAt: performance.now(), sinceCommitMs });
    for (const listener of listeners) listener();
  });
  return {
    until: (paymentId, status, patienceMs = 10_000) =>
      new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          listeners.delete(look);
        };
        const look = () => {
          const found = seen.find(({ payment }) => payment.id === paymentId && payment.status === status);
          if (found === undefined) return;
          end();
          resolve(found);
        };
        const timer = setTimeout(() => {
          end();
          reject(new Error(`payment ${paymentId} did not arrive as ${status} within ${patienceMs} ms`));
        }, patienceMs);
        listeners.add(look);
        look();
      }),
    close: async () => void (await client.removeAllChannels()),
  };
}

/** Row-level security leaves of all payments those of the client's user. */
function subscribe(client: SupabaseClient, onChange: (change: Change) => void): Promise<void> {
  const channel = client.channel('demo', { config: { postgres_changes_options: { wait: true } } });
  channel.on('postgres_changes', { event: '*', schema: 'public', table: 'payments' }, onChange);
  return new Promise((resolve, reject) => {
    channel.subscribe((status, error) => {
      if (status === 'SUBSCRIBED') resolve();
      else reject(error ?? new Error(`the live view is ${status}`));
    });
  });
}
