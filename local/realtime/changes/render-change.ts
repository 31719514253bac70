import type { Change, Row } from '../feed/change';
import { selectableBy, type Table } from './read-table';
import type { RenderedRow } from './render-values';

/** A change with its values as JSON. */
export type RenderedChange = { change: Change; record: RenderedRow | null; old: RenderedRow | null };

/** For whom a change is written out. */
export type Audience = {
  role: string;
  /** Columns wanted besides the primary key; null = all. */
  select: string[] | null;
};

/** Of a record that is too large, values up to this many bytes are sent. */
const SMALL_VALUE = 64;

/** The `data` of a postgres_changes message, with the columns that the role may select and no others. */
export function renderChange(
  { change, record, old }: RenderedChange,
  table: Table,
  audience: Audience,
  recordBytes: number,
): string {
  const { kind } = change;
  const columns = selectableBy(table, audience.role).filter(
    ({ name, isKey }) => audience.select === null || isKey || audience.select.includes(name),
  );
  const isTooLarge = sizeOf(change.record) + sizeOf(change.old) > recordBytes;
  const objectOf = (names: string[], jsonOf: (name: string) => string | undefined): string => {
    const entries = names.flatMap((name) => {
      const json = jsonOf(name);
      if (json === undefined || (isTooLarge && Buffer.byteLength(json) > SMALL_VALUE)) return [];
      return `${JSON.stringify(name)}:${json}`;
    });
    return `{${entries.join(',')}}`;
  };
  const names = columns.map(({ name }) => name);
  // Nobody can say any more who might have seen a deleted row: its key alone is told.
  const oldNames =
    kind === 'DELETE' && table.isRlsEnabled
      ? columns.filter(({ isKey }) => isKey).map(({ name }) => name)
      : names;
  const parts = [
    head(change),
    `"commit_timestamp":"${change.committedAt.toISOString()}"`,
    `"columns":${JSON.stringify(columns.map(({ name, typeName }) => ({ name, type: typeName })))}`,
    kind === 'DELETE' ? '' : `"record":${objectOf(names, (name) => record?.get(name) ?? old?.get(name))}`,
    kind === 'INSERT' ? '' : `"old_record":${objectOf(oldNames, (name) => old?.get(name))}`,
    `"errors":${isTooLarge ? '["Error 413: Payload Too Large"]' : 'null'}`,
  ];
  return `{${parts.filter(Boolean).join(',')}}`;
}

/** What is told of a change in place of its row. */
export function renderRefusal(change: Change, error: string): string {
  const record = change.kind === 'INSERT' ? '"record":{}' : '"record":{},"old_record":{}';
  return `{${head(change)},"commit_timestamp":null,"columns":[],${record},"errors":${JSON.stringify([error])}}`;
}

const head = ({ schema, table, kind }: Change): string =>
  `"schema":${JSON.stringify(schema)},"table":${JSON.stringify(table)},"type":"${kind}"`;

const sizeOf = (row: Row | null): number =>
  Object.values(row ?? {}).reduce((sum, value) => sum + (value?.length ?? 0), 0);
