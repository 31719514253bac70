import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../../local/ports/free-port';
import { isReachable, reachableFolder, reachablePrograms } from '../../local/postgres/run-as';
import { startPostgres } from '../../local/postgres/start-postgres';
import { isAlive } from '../../local/postgres/stop-stale-postgres';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true }); // a cluster has 40 MB
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-postgres-'));
  folders.push(folder);
  chmodSync(folder, 0o755);
  return folder;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('Postgres server', () => {
  test('keeps what was committed through kill -9, and a stale pid file does not stop it', async () => {
    const options = { dataDir: join(newFolder(), 'data'), port: await freePort(), durable: false };
    const first = await startPostgres(options);
    await query(first.url(), 'create table kept as select 42 as answer');

    await first.kill();
    const pidFile = join(first.dataDir, 'postmaster.pid');
    const wasStale = existsSync(pidFile);
    const second = await startPostgres(options);
    const rows = await query(second.url(), 'select answer from kept');
    await second.stop();

    expect(wasStale).toBe(true);
    expect(rows).toEqual([{ answer: 42 }]);
    expect(existsSync(pidFile)).toBe(false);
    expect(isAlive(second.pid)).toBe(false);
  });

  test('a server that a crashed run left behind is stopped first', async () => {
    const dataDir = join(newFolder(), 'data');
    const left = await startPostgres({ dataDir, port: await freePort(), durable: false });

    const next = await startPostgres({ dataDir, port: await freePort(), durable: false });
    await left.exited;
    const rows = await query(next.url(), 'show wal_level');
    await next.stop();

    expect(rows).toEqual([{ wal_level: 'logical' }]);
  });

  test('a pid file that names a foreign process does not harm it', async () => {
    const options = { dataDir: join(newFolder(), 'data'), port: await freePort(), durable: false };
    const first = await startPostgres(options);
    await first.stop();
    writeFileSync(join(first.dataDir, 'postmaster.pid'), `${process.pid}\n`);

    const second = await startPostgres(options);
    await second.stop();

    expect(isAlive(process.pid)).toBe(true);
  });

  test('that is ended from outside is told of, and one that is stopped is not', async () => {
    const deaths: string[] = [];
    const start = async (name: string) =>
      startPostgres({
        dataDir: join(newFolder(), 'data'),
        port: await freePort(),
        durable: false,
        onDeath: () => deaths.push(name),
      });
    const [killed, stopped] = [await start('killed'), await start('stopped')];

    process.kill(killed.pid, 'SIGKILL');
    await Promise.all([killed.exited, stopped.stop()]);

    expect(deaths).toEqual(['killed']);
  });

  test('listens on loopback alone', async () => {
    const server = await startPostgres({
      dataDir: join(newFolder(), 'data'),
      port: await freePort(),
      durable: false,
    });
    const rows = await query(server.url(), 'show listen_addresses');
    await server.stop();

    expect(rows).toEqual([{ listen_addresses: '127.0.0.1' }]);
  });
});

describe('where Postgres runs as another user', () => {
  const nobody = { uid: 65534, gid: 65534 };

  test('a closed folder on the way makes a place unreachable', () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'closed'), { mode: 0o700 });
    mkdirSync(join(folder, 'closed', 'inside'));

    expect(isReachable(join(folder, 'closed', 'inside'), nobody)).toBe(false);
    expect(isReachable(folder, nobody)).toBe(true);
    expect(isReachable(join(folder, 'closed'), undefined)).toBe(true);
  });

  test('then another place is taken, always the same one', () => {
    const closed = join(newFolder(), 'closed');
    mkdirSync(join(closed, 'state'), { recursive: true });
    chmodSync(closed, 0o700);

    const instead = reachableFolder(join(closed, 'state', 'postgres'), nobody);

    expect(instead).toMatch(/tandem-postgres-[0-9a-f]{16}$/);
    expect(reachableFolder(join(closed, 'state', 'postgres'), nobody)).toBe(instead);
    expect(reachableFolder(join(closed, 'state', 'other'), nobody)).not.toBe(instead);
    expect(statSync(closed).mode & 0o777).toBe(0o700);
  });

  test('programs are copied there, and again when an update brings others', () => {
    const closed = join(newFolder(), 'closed');
    const root = join(closed, 'package', 'native');
    mkdirSync(root, { recursive: true });
    chmodSync(closed, 0o700);
    const install = (version: string) => {
      writeFileSync(join(root, '..', 'package.json'), JSON.stringify({ version }));
      writeFileSync(join(root, 'postgres'), version);
      return reachablePrograms(root, nobody);
    };
    const copies = [install('18.4.0'), install('18.4.0'), install('18.5.0')];
    const contents = copies.map((copy) => readFileSync(join(copy, 'postgres'), 'utf8'));
    for (const copy of copies) rmSync(copy, { recursive: true, force: true });

    expect(contents).toEqual(['18.4.0', '18.4.0', '18.5.0']);
    expect(copies[0]).toBe(copies[1]);
  });

  test('a temporary folder of our own is opened for passing through, and no more', () => {
    const state = mkdtempSync(join(tmpdir(), 'tandem-state-'));

    expect(reachableFolder(join(state, 'postgres'), nobody)).toBe(join(state, 'postgres'));
    expect(statSync(state).mode & 0o777).toBe(0o711);
  });
});
