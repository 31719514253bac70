import { createClient } from '@supabase/supabase-js';
import { LIVE_TABLES } from './row-event';
import type { Row } from './row-statements';
import type { Person, Project } from './stage';
import { makeNotes, type Watch } from './watch';

/** Subscribes to all tables of a run as an app does: stock supabase-js with that person's access token. */
export const watchRows = async (
  { supabaseUrl, publishableKey }: Project,
  { accessToken }: Person,
): Promise<Watch> => {
  const client = createClient(supabaseUrl, publishableKey, { accessToken: async () => accessToken });
  // Otherwise the first join may leave before the token is there, and would be that of nobody.
  await client.realtime.setAuth();
  const { arrived, faults, take } = makeNotes();
  // Joined is then subscribed, and not soon to be.
  const channel = client.channel('live', { config: { postgres_changes_options: { wait: true } } });
  for (const table of LIVE_TABLES) {
    channel.on<Row>('postgres_changes', { event: '*', schema: 'public', table }, (change) => {
      const { eventType: kind, errors } = change;
      take({ table, kind, errors, row: kind === 'DELETE' ? change.old : change.new });
    });
  }
  const subscribed = Promise.withResolvers<void>();
  channel.subscribe((status, error) => {
    if (status === 'SUBSCRIBED') subscribed.resolve();
    // Later ones are for the client itself to get over, as it does in an app.
    else if (status !== 'CLOSED') subscribed.reject(error ?? new Error(status));
  });
  const close = async (): Promise<void> => {
    await client.realtime.disconnect();
  };
  try {
    await subscribed.promise;
  } catch (error) {
    await close();
    throw error;
  }
  return { arrived, faults, close };
};
