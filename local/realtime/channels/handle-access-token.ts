import { mayRead } from '../access/authorise-topic';
import { type Channel, pushSystem } from './channel';
import { expireChannel } from './expire-channel';
import type { Hub } from './hub';
import { unreadable } from './join-channel';
import { endChannel } from './leave-channel';
import { subscribeLater } from './subscribe-to-changes';

/** Goes on with a newer token: with its end, its claims, and what policies allow to it. A token that is none ends the channel. */
export async function handleAccessToken(hub: Hub, channel: Channel, payload: unknown): Promise<void> {
  const token = (payload as { access_token?: unknown } | null)?.access_token;
  if (typeof token !== 'string' || token.startsWith('sb_') || token === channel.token) return;
  const bearer = await hub.verifyToken(token);
  if ('refusal' in bearer) return endChannel(hub, channel, bearer.refusal.message);
  const { claims } = bearer;
  const { subTopic, config, permissions } = channel;
  if (config.isPrivate) {
    const read = await mayRead(hub.pool, { topic: subTopic, claims });
    const isRevoked =
      (permissions.read.broadcast && !read.broadcast) || (permissions.read.presence && !read.presence);
    if (!read.broadcast && !read.presence) return endChannel(hub, channel, unreadable(subTopic));
    if (isRevoked) {
      const reason = `You no longer have permission to read from this Channel topic: ${subTopic}`;
      return endChannel(hub, channel, reason);
    }
    channel.permissions = { read, write: { broadcast: null, presence: null } };
  }
  if (channel.isClosed) return;
  const isSameBearer = claims.role === channel.claims.role;
  hub.roster.remove(channel);
  channel.token = token;
  channel.claims = claims;
  hub.roster.add(channel);
  expireChannel(hub, channel);
  if (config.changes.length === 0) return;
  // Each change is judged with the claims of its moment; what another role may filter by has to be checked again.
  if (isSameBearer) return pushSystem(channel, 'postgres_changes', 'ok', 'Subscribed to PostgreSQL');
  hub.registry.remove(channel);
  return subscribeLater(hub, channel);
}
