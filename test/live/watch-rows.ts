import { createClient, type RealtimePostgresChangesPayload } from '@supabase/supabase-js';
import { LIVE_TABLES, nameOf, type RowEvent } from './row-event';
import { type Row, stampOf } from './row-statements';
import type { Person, Stage } from './stage';

/** What one person sees come. */
export interface Watch {
  /** Names of events in the order of arrival. */
  readonly arrived: readonly string[];
  /** Deletions that told more than the key, and changes that came with errors. */
  readonly faults: readonly string[];
  readonly close: () => Promise<void>;
}

/** Subscribes to all tables of a run as an app does: stock supabase-js with that person's access token. */
export const watchRows = async (
  { supabaseUrl, publishableKey }: Pick<Stage, 'supabaseUrl' | 'publishableKey'>,
  { accessToken }: Person,
): Promise<Watch> => {
  const client = createClient(supabaseUrl, publishableKey, { accessToken: async () => accessToken });
  // Otherwise the first join may leave before the token is there, and would be that of nobody.
  await client.realtime.setAuth();
  const arrived: string[] = [];
  const faults: string[] = [];
  // Joined is then subscribed, and not soon to be.
  const channel = client.channel('live', { config: { postgres_changes_options: { wait: true } } });
  for (const table of LIVE_TABLES) {
    channel.on('postgres_changes', { event: '*', schema: 'public', table }, (change) => {
      const name = nameOf(eventOf(table, change));
      arrived.push(name);
      faults.push(...faultsOf(name, change));
    });
  }
  const subscribed = Promise.withResolvers<void>();
  channel.subscribe((status, error) => {
    if (status === 'SUBSCRIBED') subscribed.resolve();
    // Later ones are for the client itself to get over, as it does in an app.
    else if (status !== 'CLOSED') subscribed.reject(error ?? new Error(status));
  });
  subscribed.promise.catch(() => undefined);
  try {
    await subscribed.promise;
  } catch (error) {
    await client.realtime.disconnect();
    throw error;
  }
  return {
    arrived,
    faults,
    close: async () => {
      await client.realtime.disconnect();
    },
  };
};

type Change = RealtimePostgresChangesPayload<Row>;

const eventOf = (table: RowEvent['table'], { eventType, new: record, old }: Change): RowEvent =>
  eventType === 'DELETE'
    ? { table, kind: eventType, id: String(old.id), stamp: '' }
    : { table, kind: eventType, id: String(record.id), stamp: stampOf(table, record) };

const faultsOf = (name: string, { eventType, old, errors }: Change): string[] => [
  ...(errors === null || errors === undefined ? [] : [`${name}: ${JSON.stringify(errors)}`]),
  // Row-level security cannot judge a row that is gone, so nothing of it but its key may be told.
  ...(eventType === 'DELETE' && Object.keys(old).join() !== 'id'
    ? [`${name} told ${Object.keys(old).join()}`]
    : []),
];
