import type { RawData, WebSocket } from 'ws';
import type { Claims } from '../access/claims';
import type { Channel } from '../channels/channel';
import { handleAccessToken } from '../channels/handle-access-token';
import { handleBroadcast } from '../channels/handle-broadcast';
import { handlePresence } from '../channels/handle-presence';
import type { Hub } from '../channels/hub';
import { joinChannel } from '../channels/join-channel';
import { endChannel, leaveChannel } from '../channels/leave-channel';
import type { PhoenixMessage } from '../protocol/phoenix-message';
import type { Serializer } from '../protocol/serializer';
import { makeConnection } from './connection';
import { makeRateCounter } from './rate-counter';

/** Speaks with one client until its socket ends. */
export function serveSocket(hub: Hub, socket: WebSocket, serializer: Serializer, keyClaims: Claims): void {
  const { limits, now } = hub;
  const connection = makeConnection(socket, serializer, keyClaims, limits.bufferedBytes);
  const channels = new Map<string, Channel>();
  const turns = new Map<string, Promise<void>>();
  const joins = makeRateCounter(limits.joinsPerSecond, now);
  const events = makeRateCounter(limits.eventsPerSecond, now);
  let heardAt = now();

  const reply = (
    { joinRef, ref, topic }: PhoenixMessage,
    status: 'ok' | 'error',
    response: Record<string, unknown> = {},
  ): void => connection.send({ joinRef, ref, topic, event: 'phx_reply', payload: { status, response } });

  const join = async (message: PhoenixMessage): Promise<void> => {
    const before = channels.get(message.topic);
    if (before) endChannel(hub, before); // joining again replaces
    channels.delete(message.topic);
    if (!joins.count()) {
      return reply(message, 'error', { reason: 'ClientJoinRateLimitReached: Too many joins per second' });
    }
    const open = [...channels.values()].filter(({ isClosed }) => !isClosed); // some end by their token
    if (open.length >= limits.channelsPerSocket) {
      return reply(message, 'error', { reason: 'ChannelRateLimitReached: Too many channels' });
    }
    const joined = await joinChannel(hub, connection, message);
    if ('reason' in joined) return reply(message, 'error', { reason: joined.reason });
    if (socket.readyState !== socket.OPEN) return;
    channels.set(message.topic, joined.channel);
    reply(message, 'ok', joined.enter());
    joined.welcome();
  };

  const handle = async (message: PhoenixMessage): Promise<void> => {
    if (message.event === 'phx_join') return join(message);
    const channel = channels.get(message.topic);
    if (!channel || channel.isClosed || (message.joinRef !== null && message.joinRef !== channel.joinRef)) {
      const isLeaving = message.event === 'phx_leave';
      return reply(message, isLeaving ? 'ok' : 'error', isLeaving ? {} : { reason: 'unmatched topic' });
    }
    if (!events.count()) return endChannel(hub, channel, 'Too many messages per second');
    const answer = (status: 'ok' | 'error', response?: Record<string, unknown>): void =>
      reply(message, status, response);
    switch (message.event) {
      case 'phx_leave':
        channels.delete(message.topic);
        reply(message, 'ok');
        return endChannel(hub, channel);
      case 'access_token':
        return handleAccessToken(hub, channel, message.payload);
      case 'broadcast':
        return handleBroadcast(hub, channel, message.payload, answer);
      case 'presence':
        return handlePresence(hub, channel, message.payload, answer);
      default:
        return undefined; // Realtime ignores what it does not know
    }
  };

  /** Messages of one topic are handled one after the other; topics do not wait for each other. */
  const inTurn = (message: PhoenixMessage): void => {
    const turn = (turns.get(message.topic) ?? Promise.resolve())
      .then(() => handle(message))
      .catch((error: unknown) => {
        hub.log(`${message.event}: ${error instanceof Error ? error.message : String(error)}`);
        reply(message, 'error', { reason: 'Unknown Error on Channel' });
      })
      .finally(() => {
        if (turns.get(message.topic) === turn) turns.delete(message.topic);
      });
    turns.set(message.topic, turn);
  };

  const idle = setInterval(() => {
    if (now() - heardAt > limits.idleMs) connection.close(1000, 'heartbeat timeout');
  }, limits.idleMs / 4);
  socket.on('message', (data: RawData, isBinary: boolean) => {
    heardAt = now();
    const message = serializer.decode(bytesOf(data), isBinary);
    if (message === null) return;
    if (message.topic === 'phoenix') reply(message, 'ok');
    else inTurn(message);
  });
  socket.once('close', () => {
    clearInterval(idle);
    for (const channel of channels.values()) leaveChannel(hub, channel);
    channels.clear();
  });
  socket.on('error', () => undefined); // `close` follows
}

const bytesOf = (data: RawData): Buffer =>
  Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
