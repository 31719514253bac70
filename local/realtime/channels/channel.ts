import type { Extension } from '../access/authorise-topic';
import type { Claims } from '../access/claims';
import type { Connection } from '../sockets/connection';
import type { JoinConfig } from './read-join';

/** What policies on realtime.messages allow; null = not asked yet. Public channels allow everything. */
export type Permissions = { read: Record<Extension, boolean>; write: Record<Extension, boolean | null> };

/** One joined topic of one socket. */
export type Channel = {
  /** Tells channels of one server apart. */
  readonly number: number;
  /** As on the wire: `realtime:` and what the client chose. */
  readonly topic: string;
  /** What the client chose. */
  readonly subTopic: string;
  readonly joinRef: string | null;
  readonly config: JoinConfig;
  readonly connection: Connection;
  /** Key of this client among those present. */
  readonly presenceKey: string;
  /** The token that `claims` come from. */
  token: unknown;
  claims: Claims;
  permissions: Permissions;
  /** Whether this client is told who is present. */
  seesPresence: boolean;
  isClosed: boolean;
  /** Ends the channel when its token does. */
  expiry: NodeJS.Timeout | undefined;
};

/** Sends something to one channel alone. */
export function push(channel: Channel, event: string, payload: unknown): void {
  const { topic, joinRef, connection } = channel;
  connection.send({ joinRef, ref: null, topic, event, payload });
}

/** Tells a client how its channel fares: event `system`. */
export function pushSystem(
  channel: Channel,
  extension: 'system' | 'postgres_changes',
  status: 'ok' | 'error',
  message: string,
): void {
  push(channel, 'system', { extension, status, message, channel: channel.subTopic });
}
