import { parseArgs } from 'node:util';
import { startTestServer, stopTestServer } from '../support/postgres-server';
import type { FuzzFigures } from './fuzz-services';
import { resolveImports } from './resolve-imports';

const HELP = `npm run fuzz -- [options]
  --requests N   over all routes of all services (default 20000)
  --seed S       of the first 500 requests; each 500 have the next one (default 1)`;

/** Bytes by which resident memory may grow after warming up. */
const GROWTH = 50 * 1024 * 1024;

const MB = 1024 * 1024;

const grown = (warm: number, end: number): string =>
  `${(warm / MB).toFixed(1)} MB warm, ${(end / MB).toFixed(1)} MB in the end`;

const print = (figures: FuzzFigures, seconds: number): void => {
  const { requests, statuses, routes, declared, faults, slowest, warm, end } = figures;
  const successes = [...routes.values()].filter((one) => one.successes > 0).length;
  const lines: Readonly<Record<string, string>> = {
    requests: requests.toLocaleString('en'),
    routes: `${routes.size}, of which ${successes} had successes`,
    'requests per route': `${Math.min(...[...routes.values()].map((one) => one.requests))} at least`,
    statuses: [...statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, n]) => `${status}: ${n.toLocaleString('en')}`)
      .join('  '),
    '5xx while something failed': declared.toLocaleString('en'),
    faults: String(faults.length),
    slowest: `${slowest.ms.toFixed(0)} ms, ${slowest.route}`,
    'resident memory': grown(warm.resident, end.resident),
    'heap in use': grown(warm.heap, end.heap),
    time: `${seconds.toFixed(1)} s, ${(requests / seconds).toFixed(0)} a second`,
  };
  for (const [label, value] of Object.entries(lines)) console.log(`${label.padEnd(28)} ${value}`);
  for (const fault of faults.slice(0, 20)) console.log(`\n${fault}`);
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  resolveImports();
  const { fuzzServices } = await import('./fuzz-services');
  const server = await startTestServer();
  process.env.TANDEM_TEST_POSTGRES_PORT = String(server.postgres.port);
  try {
    const started = performance.now();
    const figures = await fuzzServices({
      requests: Number(values.requests),
      seed: Number(values.seed),
      onProgress: (made) => {
        if (process.stderr.isTTY) process.stderr.write(`\r${made.toLocaleString('en')} requests`);
      },
    });
    if (process.stderr.isTTY) process.stderr.write('\r');
    print(figures, (performance.now() - started) / 1000);
    const stable = figures.end.resident - figures.warm.resident < GROWTH;
    process.exitCode = figures.faults.length === 0 && stable ? 0 : 1;
  } finally {
    await stopTestServer(server);
  }
};

void main();
