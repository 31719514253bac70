import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { functions } from './access/functions';
import { roles } from './access/people';

/**
 * Any role may make types in its session's temporary schema, each with a check of its own that runs wherever a value becomes one.
 * Whoever has got hold of a function's connection must find no function of ours that takes such a type for Postgres's own, and
 * runs the check with the rights of its owner.
 */
const TYPES = ['text', 'uuid', 'json', 'jsonb', 'bytea', 'date', 'timestamptz', 'inet'];

const BETRAYAL = 'ran with the rights of';
const PLANTED = [
  `create function pg_temp.betray() returns pg_catalog.bool language plpgsql as $$
   begin
     if current_user <> session_user then raise exception '${BETRAYAL} %', current_user; end if;
     return true;
   end $$`,
  ...TYPES.map((type) => `create domain pg_temp.${type} as pg_catalog.${type} check (pg_temp.betray())`),
].join(';\n');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The functions that a role may call, each with a call of it. */
const callsOf = (role: string): readonly (readonly [string, string])[] =>
  Object.entries(functions)
    .filter(([, { may = [] }]) => may.some((one) => one === role))
    .map(([signature, { call }]) => [signature, `${signature.slice(0, signature.indexOf('('))}(${call})`]);

test.each(roles.filter((role) => callsOf(role).length > 0 && role.startsWith('tandem_')))(
  '%s runs nothing of its own as the owner',
  async (role) => {
    const client = new Client({ connectionString: database.urlFor(role) });
    await client.connect();
    try {
      await client.query(PLANTED);
      const betrayed: string[] = [];
      for (const [signature, call] of callsOf(role)) {
        await client.query(`select ${call}`).catch(({ message }: Error) => {
          if (message.startsWith(BETRAYAL)) betrayed.push(signature);
        });
      }
      expect(betrayed).toEqual([]);
    } finally {
      await client.end();
    }
  },
);
