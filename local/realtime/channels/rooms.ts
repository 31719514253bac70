import type { PhoenixMessage } from '../protocol/phoenix-message';
import type { Channel } from './channel';

/** Channels by topic. A private and a public channel of one name are two rooms. */
export type Rooms = {
  enter: (channel: Channel) => void;
  leave: (channel: Channel) => void;
  of: (subTopic: string, isPrivate: boolean) => Iterable<Channel>;
  /** Sends to everybody in a room who may hear it, but for `except`. */
  broadcast: (
    room: { subTopic: string; isPrivate: boolean },
    payload: PhoenixMessage['payload'],
    except?: Channel,
  ) => void;
};

export function makeRooms(): Rooms {
  const rooms = new Map<string, Set<Channel>>();
  const keyOf = (subTopic: string, isPrivate: boolean): string =>
    `${isPrivate ? 'private' : 'public'}:${subTopic}`;
  const of = (subTopic: string, isPrivate: boolean): Set<Channel> =>
    rooms.get(keyOf(subTopic, isPrivate)) ?? new Set();
  return {
    enter: (channel) => {
      const key = keyOf(channel.subTopic, channel.config.isPrivate);
      rooms.set(key, of(channel.subTopic, channel.config.isPrivate).add(channel));
    },
    leave: (channel) => {
      const room = of(channel.subTopic, channel.config.isPrivate);
      room.delete(channel);
      if (room.size === 0) rooms.delete(keyOf(channel.subTopic, channel.config.isPrivate));
    },
    of,
    broadcast: ({ subTopic, isPrivate }, payload, except) => {
      for (const channel of of(subTopic, isPrivate)) {
        if (channel === except || !channel.permissions.read.broadcast) continue;
        const { topic, connection } = channel;
        connection.send({ joinRef: null, ref: null, topic, event: 'broadcast', payload });
      }
    },
  };
}
