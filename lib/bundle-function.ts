import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';

/** Packages that a function loads only on the path that calls them, so they stay out of its own file. */
export const PROVIDER_SDKS = [
  'stripe',
  '@paypal/paypal-server-sdk',
  '@supabase/supabase-js',
  'ioredis',
  'rate-limiter-flexible',
] as const;

export type ProviderSdk = (typeof PROVIDER_SDKS)[number];

export type BundleFunctionOptions = {
  /** The function's source file; absolute, or relative to the working directory. */
  entry: string;
  /** Where `index.js` and `node_modules/<sdk>/index.js` go. Made when missing. */
  outDir: string;
  /** Provider SDKs that the function may call. */
  sdks: readonly ProviderSdk[];
  /** Where the source maps go. Never inside `outDir`: they would be uploaded and unzipped at every cold start. */
  mapDir?: string;
};

/**
 * CommonJS, because an ESM import of `node:http` loads undici with it (67 ms). For the same reason a dynamic import
 * becomes a `require` inside a promise, on the path that calls it, instead of starting the ESM loader. `module` before
 * `main`, because only ES modules can be tree-shaken.
 */
const SETTINGS = {
  bundle: true,
  write: false,
  metafile: true,
  format: 'cjs',
  platform: 'node',
  target: 'node24',
  supported: { 'dynamic-import': false },
  mainFields: ['module', 'main'],
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'silent',
  sourcemap: 'external',
} as const satisfies BuildOptions;

/**
 * Makes a function's deployment folder: `index.js` with everything but the provider SDKs, and each SDK as a package of
 * its own beside it. The same sources always give the same bytes.
 *
 * @throws Error when the entry does not exist, does not build, or imports a provider SDK that `sdks` does not name
 */
export function bundleFunction({ entry, outDir, sdks, mapDir }: BundleFunctionOptions): void {
  const source = resolve(entry);
  if (!existsSync(source)) throw new Error(`There is no function entry ${source}`);
  const imported = build(source, outDir, mapDir, PROVIDER_SDKS);
  const missing = imported.filter((name) => !sdks.some((sdk) => sdk === name));
  if (missing.length > 0)
    throw new Error(`${source} imports ${missing.join(', ')}, which its sdks do not name`);
  for (const sdk of sdks) {
    const at = join('node_modules', sdk);
    build(sdk, join(outDir, at), mapDir && join(mapDir, at), [], dirname(source));
  }
}

/**
 * Bundles one file or package to `<outDir>/index.js`.
 *
 * @returns those of `external` that the result imports
 */
function build(
  source: string,
  outDir: string,
  mapDir: string | undefined,
  external: readonly string[],
  resolveDir = dirname(source),
): string[] {
  const { outputFiles, metafile } = buildSync({
    ...SETTINGS,
    // A fixed base for the paths in comments and names, so that the bytes do not depend on the working directory.
    absWorkingDir: resolveDir,
    entryPoints: { index: source },
    outdir: resolve(outDir),
    external: [...external],
  });
  for (const { path, contents } of outputFiles) {
    const folder = path.endsWith('.map') ? mapDir : outDir;
    if (folder === undefined) continue;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, basename(path)), contents);
  }
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  return external.filter((name) => imports.some(({ path }) => path === name));
}
