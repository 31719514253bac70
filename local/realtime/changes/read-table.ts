import type { Pool } from 'pg';

export type Column = {
  name: string;
  /** As in a cast: `numeric(10,2)`. */
  type: string;
  /** As in pg_type: `numeric`, `_text`. */
  typeName: string;
  isKey: boolean;
  /** Roles that may select it. */
  roles: string[];
};

/** A table as it is now. */
export type Table = {
  /** Quoted, with its schema. */
  name: string;
  columns: Column[];
  isRlsEnabled: boolean;
};

/** Reads what the catalogue says of a table and of what `roles` may select; null where it is gone. */
export async function readTable(
  pool: Pool,
  schema: string,
  table: string,
  roles: string[],
): Promise<Table | null> {
  const { rows } = await pool.query<Column & { table: string; isRlsEnabled: boolean }>({
    name: 'read-table',
    text: `
      select format('%I.%I', n.nspname, c.relname) as table, c.relrowsecurity as "isRlsEnabled", a.attname as name,
        format_type(a.atttypid, a.atttypmod) as type, t.typname as "typeName",
        coalesce(a.attnum = any (k.conkey), false) as "isKey",
        array(select role from unnest($3::text[]) role where has_column_privilege(role, c.oid, a.attnum, 'select')) as roles
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_type t on t.oid = a.atttypid
      left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
      where n.nspname = $1 and c.relname = $2
      order by a.attnum`,
    values: [schema, table, roles],
  });
  const [first] = rows;
  if (!first) return null;
  const columns = rows.map(({ name, type, typeName, isKey, roles: selecting }) => ({
    name,
    type,
    typeName,
    isKey,
    roles: selecting,
  }));
  return { name: first.table, columns, isRlsEnabled: first.isRlsEnabled };
}

/** The columns that a role may select. */
export const selectableBy = ({ columns }: Table, role: string): Column[] =>
  columns.filter(({ roles }) => roles.includes(role));
