import { Client } from 'pg';
import { median } from '../measurement';

export interface Recording {
  readonly what: string;
  readonly callsPerSecond: number;
  /** Milliseconds of one call, the middle one and the slowest of a hundred. */
  readonly medianMs: number;
  readonly p99Ms: number;
}

const TEXT = `select outcome from private.record_usage($1, 'api_calls', 1, $2)`;

/** private.record_usage with a commit that reaches the disk: each caller on a connection of its own, one call after another. */
export const measureRecording = async (
  url: string,
  users: readonly string[],
): Promise<readonly Recording[]> => [
  await record(url, 'one caller, many users', { callers: 1, calls: 2_000, users }),
  await record(url, '8 callers, many users', { callers: 8, calls: 8_000, users }),
  await record(url, '8 callers, one user', { callers: 8, calls: 4_000, users: users.slice(0, 1) }),
];

const record = async (
  url: string,
  what: string,
  {
    callers,
    calls,
    users,
  }: { readonly callers: number; readonly calls: number; readonly users: readonly string[] },
): Promise<Recording> => {
  const took: number[] = [];
  const clients = await Promise.all(
    Array.from({ length: callers }, async () => {
      const client = new Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  let next = 0;
  const started = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      while (next < calls) {
        const n = next;
        next += 1;
        const begun = performance.now();
        const { rows } = await client.query<{ outcome: string }>(TEXT, [
          users[n % users.length],
          `${what} ${n}`,
        ]);
        if (rows[0]?.outcome !== 'admitted') throw new Error(`${what}: ${rows[0]?.outcome}`);
        took.push(performance.now() - begun);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  await Promise.all(clients.map((client) => client.end()));
  const sorted = took.toSorted((a, b) => a - b);
  return {
    what,
    callsPerSecond: calls / seconds,
    medianMs: median(took),
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
  };
};
