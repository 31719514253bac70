import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleFunction, PROVIDER_SDKS } from '../../lib/bundle-function';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from '../../lib/function-catalogue';

const root = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'tandem-bundles-'));
const dirOf = (name: FunctionName): string => join(work, name);
const bundle = (name: FunctionName, outDir = dirOf(name), mapDir?: string): void => {
  const { entry, sdks } = FUNCTIONS[name];
  bundleFunction({ entry: join(root, entry), outDir, sdks, ...(mapDir && { mapDir }) });
};
const filesOf = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
const read = (name: FunctionName, file = 'index.js'): Buffer => readFileSync(join(dirOf(name), file));

beforeAll(() => {
  for (const name of FUNCTION_NAMES) bundle(name);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe.each(FUNCTION_NAMES)('the bundle of %s', (name) => {
  test('is small: it is read and compiled at every cold start', () => {
    const limitKb = name === 'webhook' ? 25 : 120;
    expect(gzipSync(read(name)).length / 1_000).toBeLessThanOrEqual(limitKb);
  });

  test('holds its own file and its provider SDKs beside it, and nothing else: no source map', () => {
    const sdks = FUNCTIONS[name].sdks.map((sdk) => join('node_modules', sdk, 'index.js'));
    expect(filesOf(dirOf(name))).toEqual(['index.js', ...sdks].sort());
  });

  test('requires a provider SDK only where it is called', () => {
    const text = read(name).toString();
    for (const sdk of PROVIDER_SDKS) {
      const calls = text.split(`require("${sdk}")`).length - 1;
      const lazy = text.match(
        new RegExp(`Promise\\.resolve\\(\\)\\.then\\(\\(\\)=>[^;]{0,20}require\\("${sdk}"\\)`, 'g'),
      );
      expect(lazy?.length ?? 0).toBe(calls);
      expect(calls > 0).toBe(FUNCTIONS[name].sdks.some((own) => own === sdk));
    }
  });

  test('starts no ESM loader: dynamic imports are requires', () => {
    expect(read(name).toString()).not.toMatch(/\bimport\(/);
  });

  test('has the handler that Lambda calls, and loads without a provider SDK', () => {
    const script = `const m = require(${JSON.stringify(join(dirOf(name), 'index.js'))});
      const loaded = Object.keys(require.cache).filter((path) => path.includes('node_modules'));
      process.stdout.write(JSON.stringify({ handler: typeof m.handler, loaded }));
      process.exit(); // before it looks for its configuration`;
    const { stdout } = spawnSync('node', ['-e', script], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
    expect(JSON.parse(stdout)).toEqual({ handler: 'function', loaded: [] });
  });
});

test('the SDKs beside a bundle are whole: a function can call them', () => {
  const script = `const { default: Stripe } = require('stripe');
    const paypal = require('@paypal/paypal-server-sdk');
    const stripe = new Stripe('sk_test_x');
    console.log(typeof stripe.paymentIntents.create, typeof paypal.Client, typeof paypal.OrdersController);`;
  writeFileSync(join(dirOf('payment'), 'probe.cjs'), script);
  const { stdout } = spawnSync('node', ['probe.cjs'], { cwd: dirOf('payment'), encoding: 'utf8' });
  rmSync(join(dirOf('payment'), 'probe.cjs'));
  expect(stdout.trim()).toBe('function function function');
});

test('the same sources make the same bytes, wherever they are written', () => {
  const again = join(work, 'somewhere', 'else');
  bundle('payment', again);
  for (const file of filesOf(again)) {
    expect(readFileSync(join(again, file)).equals(read('payment', file))).toBe(true);
  }
});

test('source maps go where they are wanted, away from what is uploaded', () => {
  const mapDir = join(work, 'maps');
  bundle('webhook', join(work, 'mapped'), mapDir);
  expect(filesOf(mapDir)).toEqual(['index.js.map']);
  const { sources } = JSON.parse(readFileSync(join(mapDir, 'index.js.map'), 'utf8')) as { sources: string[] };
  expect(sources.some((source) => source.endsWith('services/webhook/api.ts'))).toBe(true);
  expect(filesOf(join(work, 'mapped'))).toEqual(['index.js']);
});

test('an entry that does not exist is an error that names it', () => {
  const entry = join(root, 'services/nothing/api.ts');
  expect(() => bundleFunction({ entry, outDir: work, sdks: [] })).toThrow(
    `There is no function entry ${entry}`,
  );
});

test('an SDK that is imported without being named is an error, not a surprise at the first payment', () => {
  const entry = join(root, FUNCTIONS.payment.entry);
  const sdks = FUNCTIONS.payment.sdks.filter((sdk) => sdk !== '@paypal/paypal-server-sdk');
  expect(() => bundleFunction({ entry, outDir: join(work, 'bare'), sdks })).toThrow(
    'imports @paypal/paypal-server-sdk, which its sdks do not name',
  );
});
