import { mayWrite } from '../access/authorise-topic';
import { JsonText, UserBroadcast } from '../protocol/phoenix-message';
import type { Channel } from './channel';
import type { Hub } from './hub';

type Answer = (status: 'ok' | 'error', response?: Record<string, unknown>) => void;

/** Passes a client's message on to everybody else in its room. To who may not send it is silent, as Supabase is. */
export async function handleBroadcast(
  hub: Hub,
  channel: Channel,
  payload: unknown,
  answer: Answer,
): Promise<void> {
  const { subTopic, config, claims, permissions } = channel;
  permissions.write.broadcast ??= await mayWrite(hub.pool, { topic: subTopic, claims }, 'broadcast');
  if (!permissions.write.broadcast) return;
  if (typeof payload !== 'object' || payload === null) return;
  const message = payload instanceof UserBroadcast ? payload : new JsonText(JSON.stringify(payload));
  hub.rooms.broadcast({ subTopic, isPrivate: config.isPrivate }, message, config.self ? undefined : channel);
  if (config.ack) answer('ok');
}
