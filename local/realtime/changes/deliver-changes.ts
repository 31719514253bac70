import { setTimeout as sleep } from 'node:timers/promises';
import { willPass } from '../access/will-pass';
import type { Hub } from '../channels/hub';
import type { Change } from '../feed/change';
import { JsonText } from '../protocol/phoenix-message';
import type { Connection } from '../sockets/connection';
import { type Delivery, judgeTable } from './judge-table';

/** A client that does not read holds nobody up for longer than this, in milliseconds. */
const WRITE_PATIENCE_MS = 5_000;

/** Tells subscribers of changes, in the order in which they are given. */
export type DeliverChanges = (changes: Change[]) => Promise<{ written: Promise<void> }>;

export function makeDeliverChanges({ pool, registry, limits, log }: Hub): DeliverChanges {
  return async (changes) => {
    const deliveries: Delivery[][] = changes.map(() => []);
    await Promise.all(
      [...tablesOf(changes)].map(async ([, indexes]) => {
        const ofTable = indexes.flatMap((index) => changes[index] ?? []);
        const [first] = ofTable;
        const subscriptions = first ? registry.listeningTo(first.schema, first.table) : [];
        if (subscriptions.length === 0) return;
        const judged = await judgeTable(pool, ofTable, subscriptions, limits.recordBytes).catch((error) => {
          if (willPass(error)) throw error;
          // The answer will be the same next time, and everybody else would wait for it for ever.
          log(
            `${first?.schema}.${first?.table}: ${ofTable.length} changes cannot be judged: ${error.message}`,
          );
          return [];
        });
        for (const [at, index] of indexes.entries()) deliveries[index] = judged[at] ?? [];
      }),
    );
    const told = new Set<Connection>();
    for (const { channel, ids, data } of deliveries.flat()) {
      if (channel.isClosed) continue;
      const payload = new JsonText(`{"ids":${JSON.stringify(ids)},"data":${data}}`);
      channel.connection.send({
        joinRef: null,
        ref: null,
        topic: channel.topic,
        event: 'postgres_changes',
        payload,
      });
      told.add(channel.connection);
    }
    const all = Promise.all([...told].map((connection) => connection.written()));
    return {
      written: Promise.race([all.then(() => undefined), sleep(WRITE_PATIENCE_MS, undefined, { ref: false })]),
    };
  };
}

/** Indexes of the changes of each table. */
function tablesOf(changes: Change[]): Map<string, number[]> {
  const tables = new Map<string, number[]>();
  for (const [index, { schema, table }] of changes.entries()) {
    const key = JSON.stringify([schema, table]);
    const indexes = tables.get(key);
    if (indexes) indexes.push(index);
    else tables.set(key, [index]);
  }
  return tables;
}
