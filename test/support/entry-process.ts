import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { bundleFunction } from '../../lib/bundle-function';
import { FUNCTIONS, type FunctionName } from '../../lib/function-catalogue';
import { type ApiRequest, apiEvent } from './api-event';

/** One request, perhaps after the environment was changed. */
export interface Step {
  readonly env?: Readonly<Record<string, string>>;
  readonly request: ApiRequest;
}

export interface StepResult {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any;
  /** Built-in modules with undici in their name, loaded by then. */
  readonly undici: readonly string[];
  /** Provider SDKs loaded by then. */
  readonly sdks: readonly string[];
}

export interface EntryBundle {
  /** Of `index.js`, without the SDKs beside it. */
  readonly gzipBytes: number;
  readonly run: (
    steps: readonly Step[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<{ readonly results: readonly StepResult[]; readonly log: string }>;
  readonly remove: () => void;
}

// The report goes to a file: the log belongs to the function.
const DRIVER = `
const { readFileSync, writeFileSync } = require('node:fs');
const steps = JSON.parse(readFileSync('steps.json', 'utf8'));
const { handler } = require('./index.js');
(async () => {
  const results = [];
  for (const { env, event } of steps) {
    Object.assign(process.env, env);
    const { statusCode, body } = await handler(event, {});
    results.push({
      status: statusCode,
      body: JSON.parse(body || 'null'),
      undici: process.moduleLoadList.filter((name) => name.includes('undici')),
      sdks: Object.keys(require.cache).filter((path) => path.includes('node_modules')),
    });
  }
  writeFileSync('results.json', JSON.stringify(results));
  process.exit(0);
})();
`;

/** A function as it is deployed, run in processes of its own. */
export const bundleEntry = (name: FunctionName): EntryBundle => {
  const folder = mkdtempSync(join(tmpdir(), `tandem-${name}-`));
  const { entry, sdks } = FUNCTIONS[name];
  bundleFunction({ entry: join(__dirname, '..', '..', entry), outDir: folder, sdks });
  writeFileSync(join(folder, 'driver.js'), DRIVER);
  return {
    gzipBytes: gzipSync(readFileSync(join(folder, 'index.js'))).length,
    run: async (steps, env = {}) => {
      const events = steps.map(({ request, env: change = {} }) => ({
        env: change,
        event: apiEvent(request),
      }));
      writeFileSync(join(folder, 'steps.json'), JSON.stringify(events));
      const { stdout, stderr } = await promisify(execFile)(process.execPath, ['driver.js'], {
        cwd: folder,
        env: { PATH: process.env.PATH, ...env },
      });
      return {
        results: JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')),
        log: stdout + stderr,
      };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
};
