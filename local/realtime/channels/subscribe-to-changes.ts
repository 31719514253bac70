import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { willPass } from '../access/will-pass';
import { checkRequest, RequestRefused } from '../changes/check-request';
import { parseRequest } from '../changes/parse-request';
import type { Subscription } from '../changes/subscription';
import { type Channel, pushSystem } from './channel';
import type { Hub } from './hub';

const RETRY_MS = 250;

/** What the client is told of its requests: each as sent, with the id by which changes name it. */
export function numberRequests(channel: Channel): Record<string, unknown>[] {
  return channel.config.changes.map((entry) => ({ ...entry, id: idOf(entry) }));
}

/** Equal requests have equal ids, as at Supabase, where the id is a hash, too. */
const idOf = (entry: Record<string, unknown>): number => crc32(JSON.stringify(entry)) & 0x7ff_ffff;

/**
 * Reads and checks what a channel asks for, again and again while the database cannot be reached.
 *
 * @param until moment after which it gives up, in milliseconds since 1970
 * @returns null when it gave up
 * @throws RequestRefused
 */
export async function checkSubscriptions(
  hub: Hub,
  channel: Channel,
  until: number,
): Promise<Subscription[] | null> {
  const subscriptions = channel.config.changes.map((entry) => {
    try {
      return { id: idOf(entry), channel, request: parseRequest(entry) };
    } catch (error) {
      throw new RequestRefused((error as Error).message);
    }
  });
  while (!channel.isClosed) {
    try {
      for (const { request } of subscriptions) {
        await checkRequest(hub.pool, hub.publication, request, channel.claims);
      }
      return subscriptions;
    } catch (error) {
      if (error instanceof RequestRefused || !willPass(error)) throw error;
      if (hub.now() > until) return null;
      await sleep(RETRY_MS);
    }
  }
  return null;
}

/** Goes on trying for a channel that has joined already, and tells its client the outcome. */
export async function subscribeLater(hub: Hub, channel: Channel): Promise<void> {
  try {
    const subscriptions = await checkSubscriptions(hub, channel, Number.POSITIVE_INFINITY);
    if (subscriptions === null || channel.isClosed) return;
    hub.registry.set(channel, subscriptions);
    pushSystem(channel, 'postgres_changes', 'ok', 'Subscribed to PostgreSQL');
  } catch (error) {
    pushSystem(channel, 'postgres_changes', 'error', (error as Error).message);
  }
}
