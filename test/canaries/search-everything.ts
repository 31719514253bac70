import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Queryable } from '#shared/database/queryable';
import type { Canaries, Sighting } from './canaries';

/** A canary and the place it was found in. */
export interface Leak extends Sighting {
  /** `schema.table.column`, the name of a log, `queue` ... */
  readonly where: string;
}

/** One leak for each canary and place, however often it is there. */
export const searchTexts = (
  canaries: Canaries,
  texts: Iterable<readonly [where: string, text: string]>,
): Leak[] => {
  const leaks = new Map<string, Leak>();
  for (const [where, text] of texts)
    for (const sighting of canaries.find(text))
      leaks.set(`${where} ${sighting.name}`, { where, ...sighting });
  return [...leaks.values()];
};

/** Every line of every log in a folder. */
export const logTexts = (folder: string): [string, string][] =>
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);

/** From now on keeps every message that any queue of the local SQS takes, also those that are deleted later. */
export const keepMessages = (file: string): void => {
  const database = new DatabaseSync(file);
  database.exec(`
    create table if not exists kept (queue text, body text, attributes text);
    create trigger if not exists keep_messages after insert on messages
      begin insert into kept values (new.queue, new.body, new.attributes); end;`);
  database.close();
};

/** What keepMessages kept. */
export const keptMessages = (file: string): [string, string][] => {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare('select queue, body, attributes from kept').all();
  database.close();
  return rows.map(({ queue, body, attributes }) => [`queue ${queue}`, `${body} ${attributes}`]);
};

/**
 * Every value of every column of every table that is ours or could have become so: all schemas but Postgres's own and
 * `auth`, which is Supabase's and holds what it needs to sign people in.
 */
export const tableTexts = async (owner: Queryable): Promise<[string, string][]> => {
  const { rows: tables } = await owner.query<{ name: string; reference: string }>(
    `select n.nspname || '.' || c.relname as name, c.oid::regclass::text as reference
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and n.nspname not in ('auth', 'information_schema') and n.nspname not like 'pg\\_%'`,
  );
  const texts: [string, string][] = [];
  for (const { name, reference } of tables) {
    const { rows } = await owner.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) as row from ${reference} t`,
    );
    for (const { row } of rows)
      for (const [column, value] of Object.entries(row))
        texts.push([`${name}.${column}`, typeof value === 'string' ? value : JSON.stringify(value)]);
  }
  return texts;
};
