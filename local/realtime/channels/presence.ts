import { randomBytes } from 'node:crypto';
import { type Channel, push } from './channel';
import type { Rooms } from './rooms';

/** What a client tells of itself; `phx_ref` tells its updates apart. */
type Meta = Record<string, unknown> & { phx_ref: string };
type Present = Record<string, { metas: Meta[] }>;

/** Who is present in which room. */
export type Presence = {
  /** The client is there, or tells something new of itself. */
  track: (channel: Channel, payload: Record<string, unknown>) => void;
  untrack: (channel: Channel) => void;
  /** Tells one client who is there: event `presence_state`. */
  sync: (channel: Channel) => void;
};

/** Presence as Phoenix speaks it: the whole state once, differences from then on. */
export function makePresence(rooms: Rooms): Presence {
  const metas = new Map<Channel, Meta>();

  const tell = (channel: Channel, joins: Meta | undefined, leaves: Meta | undefined): void => {
    const group = (meta: Meta | undefined): Present =>
      meta ? { [channel.presenceKey]: { metas: [meta] } } : {};
    const payload = { joins: group(joins), leaves: group(leaves) };
    for (const other of rooms.of(channel.subTopic, channel.config.isPrivate)) {
      if (!other.seesPresence || !other.permissions.read.presence) continue;
      const { topic, connection } = other;
      connection.send({ joinRef: null, ref: null, topic, event: 'presence_diff', payload });
    }
  };

  return {
    track: (channel, payload) => {
      const before = metas.get(channel);
      const { phx_ref: _chosenByUs, phx_ref_prev: _too, ...told } = payload;
      const meta: Meta = {
        ...told,
        phx_ref: randomBytes(9).toString('base64url'),
        ...(before && { phx_ref_prev: before.phx_ref }),
      };
      metas.set(channel, meta);
      tell(channel, meta, before);
    },
    untrack: (channel) => {
      const before = metas.get(channel);
      if (!metas.delete(channel)) return;
      tell(channel, undefined, before);
    },
    sync: (channel) => {
      if (!channel.permissions.read.presence) return;
      const present: Present = Object.create(null); // clients choose the keys
      for (const other of rooms.of(channel.subTopic, channel.config.isPrivate)) {
        const meta = metas.get(other);
        if (!meta) continue;
        const entry = present[other.presenceKey] ?? { metas: [] };
        entry.metas.push(meta);
        present[other.presenceKey] = entry;
      }
      push(channel, 'presence_state', present);
    },
  };
}
