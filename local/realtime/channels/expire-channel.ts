import type { Channel } from './channel';
import type { Hub } from './hub';
import { endChannel } from './leave-channel';

/** Timers cannot wait for years. */
const LONGEST_TIMER_MS = 3_600_000;

/** Ends a channel when its token does, unless a newer one comes in time. */
export function expireChannel(hub: Hub, channel: Channel): void {
  clearTimeout(channel.expiry);
  const inMs = Math.max(0, channel.claims.exp * 1000 - hub.now());
  channel.expiry = setTimeout(
    () => {
      const lateSeconds = Math.floor(hub.now() / 1000) - channel.claims.exp;
      if (lateSeconds < 0) return expireChannel(hub, channel);
      endChannel(hub, channel, `Token has expired ${lateSeconds} seconds ago`);
    },
    Math.min(inMs, LONGEST_TIMER_MS),
  ).unref();
}
