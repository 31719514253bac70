import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Cut, type PostgresRelay, relayPostgres } from '../../local/postgres/relay-postgres';
import { createTestDatabase, type TestDatabase } from '../support/postgres';

describe('a relay before Postgres', () => {
  let database: TestDatabase;
  let relay: PostgresRelay;
  let direct: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    relay = await relayPostgres(Number(new URL(database.adminUrl).port));
    direct = new Client({ connectionString: database.adminUrl });
    await direct.connect();
    await direct.query('create table kept (note text)');
  });
  beforeEach(() => direct.query('truncate kept'));
  afterAll(async () => {
    await direct.end();
    await relay.close();
    await database.drop();
  });

  const connect = async (): Promise<Client> => {
    const url = new URL(database.adminUrl);
    url.port = String(relay.port);
    const client = new Client({ connectionString: url.href });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const kept = async (): Promise<number> => {
    await sleep(100); // for the server to finish what it was sent
    const { rows } = await direct.query<{ n: number }>('select count(*)::int as n from kept');
    return rows[0]?.n ?? -1;
  };

  it('passes everything on while no cut is asked for', async () => {
    const client = await connect();
    const { rows } = await client.query('select repeat($1, 300000) as long', ['x']);
    await client.end();
    expect(rows[0].long).toHaveLength(300_000);
  });

  const moments: [Cut['moment'], number][] = [
    ['before-send', 0],
    ['after-send', 1],
    ['before-answer', 1],
  ];

  test.each(moments)(
    'a statement cut %s: the client fails, the server has written %i',
    async (moment, rows) => {
      const client = await connect();
      relay.cutNext({ text: 'insert into kept', moment });
      await expect(client.query('insert into kept values ($1)', ['x'.repeat(100_000)])).rejects.toThrow();
      await client.end().catch(() => undefined);
      expect(await kept()).toBe(rows);
      expect(relay.cuts()[moment]).toBeGreaterThan(0);
    },
  );

  test.each(moments)('a commit cut %s: the client fails, the server has written %i', async (moment, rows) => {
    const client = await connect();
    await client.query('begin');
    await client.query('insert into kept values (1)');
    relay.cutNext({ text: 'commit', moment });
    await expect(client.query('commit')).rejects.toThrow();
    await client.end().catch(() => undefined);
    expect(await kept()).toBe(rows);
  });

  it('cuts once, and others go on', async () => {
    relay.cutNext({ text: 'pg_sleep', moment: 'before-answer' });
    const [cut, other] = [await connect(), await connect()];
    await expect(cut.query('select pg_sleep(0)')).rejects.toThrow();
    await expect(other.query('select pg_sleep(0)')).resolves.toBeDefined();
    await other.end();
  });
});
