import type { Channel } from '../channels/channel';
import type { Subscription } from './subscription';

/** Who listens to which tables. */
export type Registry = {
  /** Replaces what the channel listened to before. */
  set: (channel: Channel, subscriptions: Subscription[]) => void;
  remove: (channel: Channel) => void;
  /** Subscriptions to a table, wildcards included, in the order of joining. */
  listeningTo: (schema: string, table: string) => Subscription[];
};

export function makeRegistry(): Registry {
  const byChannel = new Map<Channel, Subscription[]>();
  const matches = (wanted: string, name: string): boolean => wanted === '*' || wanted === name;
  return {
    set: (channel, subscriptions) => void byChannel.set(channel, subscriptions),
    remove: (channel) => void byChannel.delete(channel),
    listeningTo: (schema, table) =>
      [...byChannel.values()]
        .flat()
        .filter(({ request }) => matches(request.schema, schema) && matches(request.table, table)),
  };
}
