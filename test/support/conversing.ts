import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { createTestDatabase } from './postgres';

/** Somebody with an account, as the Data API lets them ask: role `authenticated`, their id in the claims. */
export interface Person {
  readonly id: string;
  /** One statement in a transaction of its own. @throws the error of Postgres */
  readonly ask: <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
}

export interface Conversing {
  /** Address for the superuser. */
  readonly adminUrl: string;
  /** As the superuser: arranging and looking. */
  readonly admin: <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
  /** Their token names the session, where one is given. */
  readonly newPerson: (name?: string, session?: string) => Promise<Person>;
  /** A conversation of the first with the others; answers its id. */
  readonly start: (first: Person, ...others: readonly Person[]) => Promise<string>;
  /** Sends as that person; answers the position. */
  readonly send: (from: Person, conversation: string, body: string, id?: string) => Promise<number>;
  readonly close: () => Promise<void>;
}

const IN_ROLE = `begin; set local role authenticated`;

/** A database of its own with people who talk. `most` statements run at the same moment. */
export const openConversing = async (most = 8): Promise<Conversing> => {
  const database = await createTestDatabase();
  const asAdmin = new Pool({ connectionString: database.adminUrl, max: 4 });
  const asPeople = new Pool({ connectionString: database.urlFor('authenticator'), max: most });

  const admin = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await asAdmin.query(text, [...values])).rows as Row[];

  const newPerson = async (name = 'Somebody', session?: string): Promise<Person> => {
    const id = randomUUID();
    const metadata = JSON.stringify({ name });
    await admin('insert into auth.users (id, email, raw_user_meta_data) values ($1, $2, $3)', [
      id,
      `${id}@example.test`,
      metadata,
    ]);
    const ask = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> => {
      const connection = await asPeople.connect();
      try {
        await connection.query(IN_ROLE);
        await connection.query(`select set_config('request.jwt.claims', $1, true)`, [
          JSON.stringify({ sub: id, role: 'authenticated', session_id: session }),
        ]);
        const { rows } = await connection.query(text, [...values]);
        await connection.query('commit');
        return rows as Row[];
      } catch (error) {
        await connection.query('rollback');
        throw error;
      } finally {
        connection.release();
      }
    };
    return { id, ask };
  };

  return {
    adminUrl: database.adminUrl,
    admin,
    newPerson,
    start: async (first, ...others) => {
      const [row] = await first.ask<{ id: string }>('select public.start_conversation($1) as id', [
        others.map(({ id }) => id),
      ]);
      return row?.id ?? '';
    },
    send: async (from, conversation, body, id = randomUUID()) => {
      const [row] = await from.ask<{ position: string }>(
        'insert into public.messages (id, conversation_id, body) values ($1, $2, $3) returning position',
        [id, conversation, body],
      );
      return Number(row?.position);
    },
    close: async () => {
      await Promise.all([asAdmin.end(), asPeople.end()]);
      await database.drop();
    },
  };
};
