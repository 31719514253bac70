import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { liveEnv } from '#shared/config/live-env';
import { liveDatabase } from '#shared/database/live-database';
import { type Database, makeDatabase } from '#shared/database/pool';
import { type ChangingSecrets, startChangingSecrets } from '../support/changing-secrets';
import { makeKeptLog } from '../support/kept-log';
import { createTestDatabase, type TestDatabase } from '../support/postgres';

/** Functions that run while an operator changes the password of their role (docs/rotation.md), on a real Postgres. */
const schema = z.object({ DATABASE_URL: z.string() });

let database: TestDatabase;
let admin: Database;
let secrets: ChangingSecrets;
let role: string;
let functions: Database[];

beforeAll(async () => {
  database = await createTestDatabase();
  admin = makeDatabase({ connectionString: database.adminUrl, applicationName: 'test' });
});
afterAll(async () => {
  await admin.close();
  await database.drop();
});

beforeEach(async () => {
  // Roles belong to the cluster, which other tests use: one of our own, with the rights of the payment function.
  role = `rotor_${randomUUID().slice(0, 8)}`;
  functions = [];
  await admin.query(`create role ${role} login password 'first'`);
  await admin.query(`grant tandem_payment to ${role} with inherit true`);
  secrets = await startChangingSecrets({ DatabasePayment: { DATABASE_URL: addressWith('first') } });
});
afterEach(async () => {
  await Promise.all(functions.map((fn) => fn.close()));
  await secrets.close();
  await admin.query(`drop role ${role}`);
});

const addressWith = (password: string): string => {
  const url = new URL(database.adminUrl);
  url.username = role;
  url.password = password;
  return url.href;
};
const alter = (password: string) => admin.query(`alter role ${role} password '${password}'`);
const put = (password: string) => secrets.put('DatabasePayment', { DATABASE_URL: addressWith(password) });

const startFunction = async (): Promise<Database> => {
  const live = await liveEnv(schema, secrets.env, { log: makeKeptLog().log });
  const fn = liveDatabase(live, 'rotation');
  functions.push(fn);
  return fn;
};

const done = new Error('this connection is not to be used again');

/** One request on a connection of its own, as after a pause; ends with the error's code where it fails. */
const request = (fn: Database): Promise<string> =>
  fn
    .withConnection(async (connection) => {
      await connection.query('select id from public.prices limit 1');
      throw done;
    })
    .catch((error: { cause?: unknown; code?: string }) =>
      error.cause === done ? 'ok' : (error.code ?? 'failed'),
    );

describe('the new password is configured, then given to the role', () => {
  it('no request fails, neither in functions that run on nor in those that start meanwhile', async () => {
    const old = await startFunction();
    expect(await request(old)).toBe('ok');
    for (const [before, after] of [
      ['first', 'second'],
      ['second', 'third'],
    ] as const) {
      put(after);
      const born = await startFunction();
      expect([before, await request(old), await request(born)]).toEqual([before, 'ok', 'ok']);
      await alter(after);
      expect([after, await request(old), await request(born)]).toEqual([after, 'ok', 'ok']);
      expect(await request(await startFunction())).toBe('ok');
    }
  });

  it('no request fails under load', async () => {
    const running = await Promise.all([startFunction(), startFunction(), startFunction()]);
    const outcomes: string[][] = running.map(() => []);
    let goesOn = true;
    const load = running.map(async (fn, place) => {
      while (goesOn) outcomes[place]?.push(await request(fn));
    });
    /** Until each has begun and ended requests after the last step. */
    const settle = async (): Promise<void> => {
      const before = outcomes.map(({ length }) => length);
      while (outcomes.some(({ length }, place) => length < (before[place] ?? 0) + 5)) await sleep(5);
    };
    try {
      for (const password of ['second', 'third', 'fourth']) {
        await settle();
        put(password);
        await settle();
        await alter(password);
      }
      await settle();
    } finally {
      goesOn = false;
      await Promise.all(load);
    }
    expect(new Set(outcomes.flat())).toEqual(new Set(['ok']));
  });

  it('a connection that is open stays, and is used again', async () => {
    const fn = await startFunction();
    const pid = async () => (await fn.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
    const before = await pid();
    put('second');
    await alter('second');
    expect(await pid()).toBe(before);
  });
});

describe('the role has the new password before it is configured', () => {
  it('requests that need a new connection fail as unavailable until it is; then they work without a restart', async () => {
    const fn = await startFunction();
    expect(await request(fn)).toBe('ok');
    await alter('second');
    expect(await request(fn)).toBe('database_unavailable');
    put('second');
    await sleep(3_000);
    expect(await request(fn)).toBe('ok');
  });
});

describe('a password that is wrong for good', () => {
  it('is asked about once, whoever waits, and not again for some seconds', async () => {
    put('wrong');
    secrets.put('DatabasePayment', { DATABASE_URL: addressWith('also-wrong') });
    const live = await liveEnv(schema, secrets.env, { log: makeKeptLog().log });
    const fn = makeDatabase({
      connectionString: live.first.DATABASE_URL,
      applicationName: 'rotation',
      max: 10,
      addresses: {
        newest: async () => (await live.newest()).DATABASE_URL,
        previous: async () => (await live.previous())?.DATABASE_URL ?? null,
      },
    });
    functions.push(fn);
    const reads = secrets.reads();
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => request(fn)));
    expect(new Set(outcomes)).toEqual(new Set(['database_unavailable']));
    // The newest, with it the one before, and the newest once more after a pause.
    expect(secrets.reads() - reads).toBe(3);
    expect(await request(fn)).toBe('database_unavailable');
    expect(secrets.reads() - reads).toBe(3);
  });
});
