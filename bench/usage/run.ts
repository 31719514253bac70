import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { startDatabase } from '../../local/parts/start-database';
import { freePort } from '../../local/ports/free-port';
import { fill } from './fill';
import { measureClosed, measureReading } from './measure-reading';
import { measureRecording } from './measure-recording';

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/**
 * `npm run bench:usage -- [--events 10000000]`: fills a Postgres of its own with so many events of usage, and times every view of
 * the analytics, what users read, and recording. Takes some minutes and 4 GB below the temporary folder; leaves nothing behind.
 */
const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { events: { type: 'string', default: '10000000' } } });
  const events = Number(values.events);
  const stateDir = mkdtempSync(join(tmpdir(), 'tandem-usage-'));
  const server = await startDatabase({
    root: join(__dirname, '../..'),
    stateDir,
    port: await freePort(),
    durable: true,
    onLog: () => undefined,
  });
  const client = new Client({ connectionString: server.url() });
  await client.connect();
  try {
    const size = { events, users: Math.max(100, events / 500), payments: Math.max(100, events / 50) };
    await fill(client, size, (text) => print(`  filled ${text}`));
    const { rows } = await client.query<{ days: string; bytes: string; ids: string[] }>(
      `select (select count(*) from public.usage_days) as days, pg_size_pretty(pg_database_size(current_database())) as bytes,
         (select array_agg(id) from (select id from public.bench_users limit 1000) u) as ids`,
    );
    print(
      `${events} events, ${rows[0]?.days} days of users, ${size.users} accounts, ${size.payments} payments; ${rows[0]?.bytes}`,
    );
    for (const { what, firstMs, medianMs, rows: found } of [
      ...(await measureReading(client)),
      ...(await measureClosed(client)),
    ])
      print(
        `${medianMs.toFixed(1).padStart(9)} ms  ${what}  (first ${firstMs.toFixed(1)} ms, ${found} rows)`,
      );
    for (const { what, callsPerSecond, medianMs, p99Ms } of await measureRecording(
      server.url(),
      rows[0]?.ids ?? [],
    ))
      print(
        `${callsPerSecond.toFixed(0).padStart(7)} /s  recording, ${what}  (median ${medianMs.toFixed(1)}, p99 ${p99Ms.toFixed(1)} ms)`,
      );
  } finally {
    await client.end();
    await server.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
};

void main();
