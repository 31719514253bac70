import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isComplete, makeOnce, useAssembly } from './assembly-cache';

/** What an assembly is made from. A change anywhere here makes a new one. */
const INPUTS = [
  'bin',
  'lib',
  'services',
  'shared',
  'cdk.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

export type SynthesizeResult = {
  dir: string;
  /** false = taken from the cache */
  fresh: boolean;
};

/**
 * Makes the CDK assembly as `cdk synth` does, or takes the one made earlier from the same inputs.
 *
 * @param cache folder of assemblies
 * @param siteUrl the origin of the site, as `-c siteUrl=` gives it; default that of the stage
 * @param onMake told when there is none yet: seconds pass until there is
 * @throws Error with the words of the CDK app when it fails
 */
export async function synthesize(
  root: string,
  cache: string,
  siteUrl?: string,
  onMake: () => void = () => undefined,
): Promise<SynthesizeResult> {
  const dir = join(cache, hashInputs(root, siteUrl));
  mkdirSync(cache, { recursive: true });
  const fresh = !isComplete(dir);
  if (fresh) {
    onMake();
    await makeOnce(dir, () => make(root, dir, siteUrl));
  }
  useAssembly(cache, dir);
  return { dir, fresh };
}

/** Under its final name stands only what is complete. */
async function make(root: string, dir: string, siteUrl: string | undefined): Promise<void> {
  const unfinished = `${dir}.${process.pid}`;
  try {
    await runApp(root, unfinished, siteUrl);
    renameSync(unfinished, dir);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function hashInputs(root: string, siteUrl = ''): string {
  const hash = createHash('sha256').update(`${process.version}\0${siteUrl}`);
  const visit = (path: string) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name));
      return;
    }
    hash.update(`${relative(root, path)}\0`).update(readFileSync(path));
  };
  for (const input of INPUTS) visit(join(root, input));
  return hash.digest('hex').slice(0, 16);
}

/** Runs the app as the CDK command line does: settings by environment, context from cdk.json. */
async function runApp(root: string, outDir: string, siteUrl: string | undefined): Promise<void> {
  const { context = {} } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as {
    context?: Record<string, unknown>;
  };
  const cliContext = {
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
    'aws:cdk:bundling-stacks': ['**'],
    ...(siteUrl !== undefined && { siteUrl }),
  };
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'bin', 'app.ts')], {
    cwd: root,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      CDK_OUTDIR: outDir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...cliContext }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`The CDK app (bin/app.ts) failed:\n${output.trim()}`);
}
