import type { Pool } from 'pg';
import type { Claims } from '../access/claims';
import type { Channel } from '../channels/channel';
import type { Change, Row } from '../feed/change';
import { findVisible, type Visible } from './find-visible';
import { matchFilters } from './match-filters';
import type { Filter } from './parse-filter';
import { readTable, type Table } from './read-table';
import { type RenderedChange, renderChange, renderRefusal } from './render-change';
import { type RenderedRow, renderValues } from './render-values';
import type { Subscription } from './subscription';
import { untilVisible } from './until-visible';

/** What one channel is told of one change. */
export type Delivery = { channel: Channel; ids: number[]; data: string };

/**
 * Decides who is told what of the changes of one table.
 *
 * @param changes of that table
 * @param subscriptions to that table
 * @returns deliveries for each change, in the order of `changes`
 */
export async function judgeTable(
  pool: Pool,
  changes: Change[],
  subscriptions: Subscription[],
  recordBytes: number,
): Promise<Delivery[][]> {
  const [first] = changes;
  // A newer token may come while this waits: everything here is judged by the claims of the beginning.
  const bearers = subscriptions.map((subscription) => ({
    ...subscription,
    claims: subscription.channel.claims,
  }));
  const roles = [...new Set(bearers.map(({ claims }) => claims.role))];
  const [table] = await Promise.all([
    first && readTable(pool, first.schema, first.table, roles),
    untilVisible(pool, [...new Set(changes.map(({ xid }) => xid))]),
  ]);
  if (!table) return changes.map(() => []); // dropped meanwhile: nobody can see it any more
  const [rendered, matching, visible] = await Promise.all([
    renderAll(pool, table, changes),
    matchAll(pool, table, changes, subscriptions),
    seeAll(
      pool,
      table,
      changes,
      bearers.map(({ claims }) => claims),
    ),
  ]);
  const listeners = bearers.map((bearer) => ({
    ...bearer,
    matching: matching.get(keyOf(bearer.request.filters)),
    visible: visible.get(keyOf(bearer.claims)),
  }));
  return rendered.map((change, at) =>
    tell(
      change,
      at,
      listeners.filter((listener) => listener.matching?.has(at)),
    ),
  );

  function tell(change: RenderedChange, at: number, listening: typeof listeners): Delivery[] {
    const texts = new Map<string, string>();
    const deliveries = new Map<string, Delivery>();
    for (const { id, channel, request, claims, visible: seen } of listening) {
      if (request.event !== '*' && request.event !== change.change.kind) continue;
      const refusal = refusalOf(change.change, at, claims, seen);
      if (refusal === 'unseen') continue;
      const audience = { role: claims.role, select: request.select };
      const variant = refusal ?? keyOf(audience);
      const data =
        texts.get(variant) ??
        (refusal === null
          ? renderChange(change, table as Table, audience, recordBytes)
          : renderRefusal(change.change, refusal));
      texts.set(variant, data);
      const key = `${channel.number} ${variant}`;
      const delivery = deliveries.get(key) ?? { channel, ids: [], data };
      if (!delivery.ids.includes(id)) delivery.ids.push(id);
      deliveries.set(key, delivery);
    }
    return [...deliveries.values()];
  }

  /** null = may be told; `unseen` = must not know of it. */
  function refusalOf(change: Change, at: number, claims: Claims, seen?: Visible): string | null {
    if (change.kind === 'DELETE') return null;
    const keys = table?.columns.filter(({ isKey }) => isKey) ?? [];
    if (keys.length === 0) return 'Error 400: Bad Request, no primary key';
    if (!keys.every(({ roles: selecting }) => selecting.includes(claims.role)))
      return 'Error 401: Unauthorized';
    if (!table?.isRlsEnabled) return null;
    if (seen?.hasFailed) return 'Error 500: Internal Server Error, RLS policy evaluation failed';
    return seen?.rows.has(at) ? null : 'unseen';
  }
}

async function renderAll(pool: Pool, table: Table, changes: Change[]): Promise<RenderedChange[]> {
  const render = async (side: 'record' | 'old'): Promise<Map<Change, RenderedRow>> => {
    const present = changes.filter((change) => change[side] !== null);
    const rows = present.map((change) => change[side] ?? {});
    const columns = table.columns.filter(({ name }) => rows.some((row) => row[name] !== undefined));
    const rendered = await renderValues(pool, columns, rows);
    return new Map(present.flatMap((change, at) => (rendered[at] ? [[change, rendered[at]]] : [])));
  };
  const [records, olds] = await Promise.all([render('record'), render('old')]);
  return changes.map((change) => ({
    change,
    record: records.get(change) ?? null,
    old: olds.get(change) ?? null,
  }));
}

/** Indexes of the changes that match, for each distinct list of filters. */
async function matchAll(
  pool: Pool,
  table: Table,
  changes: Change[],
  subscriptions: Subscription[],
): Promise<Map<string, Set<number>>> {
  const rows: Row[] = changes.map(({ record, old }) => record ?? old ?? {});
  const lists = new Map<string, Filter[]>(
    subscriptions.map(({ request }) => [keyOf(request.filters), request.filters]),
  );
  const matched = [...lists].map(async ([key, filters]): Promise<[string, Set<number>]> => {
    const found = await matchFilters(pool, table, filters, rows).catch((error: unknown) => {
      // Checked when it was asked for; a column that changed its type since, or a pattern without end, matches nothing.
      if (!/^(22|42|57014)/.test(String((error as { code?: string }).code))) throw error;
      return new Set<number>();
    });
    return [key, found];
  });
  return new Map(await Promise.all(matched));
}

/** What each distinct bearer sees, by his claims; the indexes are those of `changes`. */
async function seeAll(
  pool: Pool,
  table: Table,
  changes: Change[],
  asking: Claims[],
): Promise<Map<string, Visible>> {
  const judged = changes.flatMap(({ record }, at) => (record === null ? [] : [{ record, at }]));
  if (!table.isRlsEnabled || judged.length === 0 || !table.columns.some(({ isKey }) => isKey))
    return new Map();
  const bearers = new Map(asking.map((claims) => [keyOf(claims), claims]));
  const rows = judged.map(({ record }) => record);
  const verdicts = await findVisible(pool, table, rows, [...bearers.values()]);
  return new Map(
    [...bearers.keys()].flatMap((key, at) => {
      const verdict = verdicts[at];
      if (!verdict) return [];
      const seen = new Set([...verdict.rows].flatMap((row) => judged[row]?.at ?? []));
      return [[key, { ...verdict, rows: seen }]];
    }),
  );
}

const keyOf = (value: unknown): string => JSON.stringify(value);
