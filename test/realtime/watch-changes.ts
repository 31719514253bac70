import type { RealtimeChannel, RealtimePostgresChangesPayload, SupabaseClient } from '@supabase/supabase-js';

export type AnyChange = RealtimePostgresChangesPayload<Record<string, unknown>>;
export type Wanted = {
  event?: '*' | 'INSERT' | 'UPDATE' | 'DELETE';
  schema?: string;
  table?: string;
  filter?: string;
  select?: string[];
};

/** What one channel of the official client hears. */
export type Watch = {
  channel: RealtimeChannel;
  changes: AnyChange[];
  /** Messages of event `system`. */
  system: { status: string; message: string; extension: string }[];
  /** What `subscribe` reported, in order. */
  statuses: string[];
  errors: string[];
};

let watches = 0;

/** Subscribes, and waits for the first status. */
export async function watchChanges(
  client: SupabaseClient,
  wanted: Wanted[],
  config: object = {},
): Promise<Watch> {
  watches += 1;
  const watch: Watch = {
    channel: client.channel(`changes-${watches}`, { config }),
    changes: [],
    system: [],
    statuses: [],
    errors: [],
  };
  for (const one of wanted) {
    watch.channel.on('postgres_changes', { event: '*', schema: 'public', ...one }, (change: AnyChange) => {
      watch.changes.push(change);
    });
  }
  watch.channel.on('system', {}, (message) => watch.system.push(message));
  await new Promise<void>((resolve) => {
    watch.channel.subscribe((status, error) => {
      watch.statuses.push(status);
      if (error) watch.errors.push(error.message);
      resolve();
    });
  });
  return watch;
}
