import { type Channel, pushSystem } from './channel';
import type { Hub } from './hub';

/** Forgets a channel: its client is gone, or is told by `endChannel`. */
export function leaveChannel(hub: Hub, channel: Channel): void {
  if (channel.isClosed) return;
  channel.isClosed = true;
  clearTimeout(channel.expiry);
  hub.presence.untrack(channel);
  hub.rooms.leave(channel);
  hub.registry.remove(channel);
  hub.roster.remove(channel);
}

/** Ends a channel and tells its client, with the reason where there is one. The socket stays. */
export function endChannel(hub: Hub, channel: Channel, reason?: string): void {
  if (channel.isClosed) return;
  if (reason !== undefined) pushSystem(channel, 'system', 'error', reason);
  leaveChannel(hub, channel);
  const { topic, joinRef, connection } = channel;
  // phx_close names the join that it ends, so that a later one of the same topic is not taken for it.
  connection.send({ joinRef, ref: joinRef, topic, event: 'phx_close', payload: {} });
}
