import * as z from 'zod/mini';
import { mayWrite } from '../access/authorise-topic';
import type { Channel } from './channel';
import type { Hub } from './hub';

type Answer = (status: 'ok' | 'error', response?: Record<string, unknown>) => void;

const presenceSchema = z.object({ event: z.string(), payload: z.optional(z.unknown()) });
const metaSchema = z.record(z.string(), z.unknown());

/** Notes what a client tells of itself, or that it tells nothing any more. */
export async function handlePresence(
  hub: Hub,
  channel: Channel,
  payload: unknown,
  answer: Answer,
): Promise<void> {
  const read = presenceSchema.safeParse(payload);
  const event = read.success ? read.data.event.toLowerCase() : '';
  if (event === 'untrack') {
    hub.presence.untrack(channel);
    return answer('ok');
  }
  if (event !== 'track') return answer('error');
  const { subTopic, claims, permissions } = channel;
  permissions.write.presence ??= await mayWrite(hub.pool, { topic: subTopic, claims }, 'presence');
  if (!permissions.write.presence) return answer('error');
  const meta = metaSchema.safeParse(read.data?.payload ?? {});
  if (!meta.success) return answer('error', { reason: 'Presence track payload must be a map' });
  hub.presence.track(channel, meta.data);
  answer('ok');
  if (channel.seesPresence) return;
  // Who tells something of itself is told of the others from then on.
  channel.seesPresence = true;
  hub.presence.sync(channel);
}
