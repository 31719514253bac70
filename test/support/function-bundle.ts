import { dirname, join, relative, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { PROVIDER_SDKS } from '../../lib/bundle-function';
import { FUNCTIONS, type FunctionName } from '../../lib/function-catalogue';

const root = resolve(__dirname, '../..');

export interface FunctionBundle {
  /** What the function can run, without its provider SDKs. */
  readonly text: string;
  /** Files of ours that something in it comes from, from the root of the repository. */
  readonly sources: readonly string[];
}

const made = new Map<FunctionName, FunctionBundle>();

/** A function's code, put together and tree-shaken as for deployment: what is not in it, the function cannot do. */
export const functionBundle = (name: FunctionName): FunctionBundle => {
  const known = made.get(name);
  if (known !== undefined) return known;
  const entry = join(root, FUNCTIONS[name].entry);
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: dirname(entry),
    entryPoints: { index: entry },
    outdir: join(root, 'never-written'),
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minifySyntax: true, // or branches that are never taken would count
    external: [...PROVIDER_SDKS],
    logLevel: 'silent',
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const bundle = {
    text: outputFiles.map(({ text }) => text).join(''),
    sources: inputs
      .map(([path]) => relative(root, resolve(dirname(entry), path)))
      .filter((path) => !path.includes('node_modules'))
      .sort(),
  };
  made.set(name, bundle);
  return bundle;
};
