import { mayRead } from '../access/authorise-topic';
import { RequestRefused } from '../changes/check-request';
import type { PhoenixMessage } from '../protocol/phoenix-message';
import type { Connection } from '../sockets/connection';
import { type Channel, type Permissions, pushSystem } from './channel';
import { expireChannel } from './expire-channel';
import type { Hub } from './hub';
import { readJoin } from './read-join';
import { checkSubscriptions, numberRequests, subscribeLater } from './subscribe-to-changes';

/** A channel that may be entered, or why not. */
export type Joined =
  | { reason: string }
  | {
      channel: Channel;
      /** Makes the channel known and answers what its client is told. */
      enter: () => Record<string, unknown>;
      /** Sends what follows the reply. */
      welcome: () => void;
    };

const PREFIX = 'realtime:';
const OPEN: Permissions = {
  read: { broadcast: true, presence: true },
  write: { broadcast: true, presence: true },
};
/** A reply waits this long for the subscription, so that who hears "joined" misses nothing; in milliseconds. */
const PATIENCE_MS = 2_000;

let joins = 0;

/** Lets a client into a topic if its token and, for a private one, the policies on realtime.messages say so. */
export async function joinChannel(
  hub: Hub,
  connection: Connection,
  { topic, joinRef, payload }: PhoenixMessage,
): Promise<Joined> {
  const subTopic = topic.startsWith(PREFIX) ? topic.slice(PREFIX.length) : '';
  if (subTopic === '') return { reason: 'TopicNameRequired: You must provide a topic name' };
  const join = readJoin(payload);
  if (join === null) return { reason: 'InvalidJoinPayload: The payload of the join is not valid' };
  const { token, config } = join;
  const isKey = token === null || token.startsWith('sb_');
  const bearer = isKey ? { claims: connection.keyClaims } : await hub.verifyToken(token);
  if ('refusal' in bearer) return { reason: `${bearer.refusal.code}: ${bearer.refusal.message}` };
  const { claims } = bearer;

  let permissions = structuredClone(OPEN);
  if (config.isPrivate) {
    const read = await mayRead(hub.pool, { topic: subTopic, claims });
    permissions = { read, write: { broadcast: null, presence: null } };
    if (!read.broadcast && !read.presence) return { reason: `Unauthorized: ${unreadable(subTopic)}` };
  }
  joins += 1;
  const channel: Channel = {
    number: joins,
    topic,
    subTopic,
    joinRef,
    config,
    connection,
    presenceKey: config.presenceKey || crypto.randomUUID(),
    token,
    claims,
    permissions,
    seesPresence: config.seesPresence,
    isClosed: false,
    expiry: undefined,
  };
  return enterWithChanges(hub, channel);
}

/** What Realtime says to who may not read a topic. */
export const unreadable = (subTopic: string): string =>
  `You do not have permissions to read from this Channel topic: ${subTopic}`;

async function enterWithChanges(hub: Hub, channel: Channel): Promise<Joined> {
  const { config } = channel;
  const hasChanges = config.changes.length > 0;
  let refusal: string | null = null;
  const subscriptions = hasChanges
    ? await checkSubscriptions(hub, channel, hub.now() + (config.waitMs ?? PATIENCE_MS)).catch((error) => {
        if (!(error instanceof RequestRefused)) throw error;
        refusal = error.message;
        return null;
      })
    : [];
  if (subscriptions === null && config.waitMs !== null) {
    const late = `PostgresChangesSubscribeTimeout: Timed out after ${config.waitMs}ms waiting for the postgres_changes subscription`;
    return { reason: refusal === null ? late : `RealtimeDisabledForConfiguration: ${refusal}` };
  }
  return {
    channel,
    enter: () => {
      hub.rooms.enter(channel);
      if (subscriptions !== null) hub.registry.set(channel, subscriptions);
      hub.roster.add(channel);
      expireChannel(hub, channel);
      return { postgres_changes: numberRequests(channel) };
    },
    welcome: () => {
      if (channel.seesPresence) hub.presence.sync(channel);
      if (config.wantsReadiness) void tellReadiness(hub, channel);
      if (!hasChanges) return;
      if (subscriptions !== null) pushSystem(channel, 'postgres_changes', 'ok', 'Subscribed to PostgreSQL');
      else if (refusal !== null) pushSystem(channel, 'postgres_changes', 'error', refusal);
      else void subscribeLater(hub, channel);
    },
  };
}

async function tellReadiness(hub: Hub, channel: Channel): Promise<void> {
  await hub.streaming;
  if (!channel.isClosed) pushSystem(channel, 'system', 'ok', 'Replication connection established');
}
