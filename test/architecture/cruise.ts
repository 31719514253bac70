import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { Form, Plant } from './plants';

export const ROOT = join(__dirname, '..', '..');

const FOLDERS = ['bin', 'lib', 'local', 'services', 'shared', 'web', 'client'];
const BIN = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');

export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

export interface Cruise {
  readonly violations: readonly Violation[];
  readonly modules: number;
  /** What each module imports, as resolved. */
  readonly imports: ReadonlyMap<string, readonly string[]>;
}

interface Report {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
  };
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string }[];
  }[];
}

/** Runs dependency-cruiser with our rules over a tree laid out as the repository is. */
export const cruise = async (cwd: string): Promise<Cruise> => {
  const folders = FOLDERS.filter((folder) => existsSync(join(cwd, folder)));
  const args = [BIN, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders];
  // It ends with the number of violations, so an exit code is no failure as long as there is a report.
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd,
    maxBuffer: 64 * 1_048_576,
  }).catch((error: { stdout?: string; stderr?: string }) => {
    if (error.stdout?.startsWith('{')) return { stdout: error.stdout };
    throw new Error(`dependency-cruiser did not report: ${error.stderr}`);
  });
  const { summary, modules }: Report = JSON.parse(stdout);
  return {
    modules: summary.totalCruised,
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
    imports: new Map(
      modules.map(({ source, dependencies }) => [source, dependencies.map((d) => d.resolved)]),
    ),
  };
};

const PACKAGES: Readonly<Record<string, 'dependencies' | 'devDependencies'>> = {
  zod: 'dependencies',
  pg: 'dependencies',
  stripe: 'dependencies',
  '@paypal/paypal-server-sdk': 'dependencies',
  '@supabase/supabase-js': 'dependencies',
  '@types/aws-lambda': 'devDependencies',
  'dev-package': 'devDependencies',
};

/** A tree of its own with our rules, our aliases and stubs for packages, holding the given imports and nothing else. */
export const plantTree = (imports: readonly Omit<Plant, 'rule'>[]): string => {
  const cwd = mkdtempSync(join(tmpdir(), 'tandem-layers-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  };
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json']) cpSync(join(ROOT, name), join(cwd, name));
  const ours: { imports: unknown } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const manifest: Record<string, unknown> = { name: 'planted', type: 'commonjs', imports: ours.imports };
  for (const [name, kind] of Object.entries(PACKAGES)) {
    manifest[kind] = { ...(manifest[kind] as object | undefined), [name]: '*' };
    const main = name.startsWith('@types/') ? 'index.d.ts' : 'index.js';
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main, types: main }));
    write(`node_modules/${name}/${main}`, '');
  }
  write('package.json', JSON.stringify(manifest));
  for (const { to } of imports) if (isFile(to)) write(to, `export const it = 1;\nexport type It = 1;\n`);
  for (const one of imports) {
    const lines = imports.filter(({ from }) => from === one.from).map(importLine);
    write(one.from, `${lines.join('\n')}\nexport const it = 1;\nexport type It = 1;\n`);
  }
  // The other half of each circle.
  for (const half of ['round', 'typed']) {
    const form = half === 'round' ? 'value' : 'type';
    const [to, from] = ['a', 'b'].map((side) => `services/shop/domain/${half}-${side}.ts`) as [
      string,
      string,
    ];
    write(from, `${importLine({ from, to, form })}\nexport const it = 1;\nexport type It = 1;\n`);
  }
  return cwd;
};

const isFile = (to: string): boolean => to.endsWith('.ts');

const importLine = ({ from, to, form = 'value' }: Omit<Plant, 'rule'>): string =>
  writeImport(form, specifierOf(from, to));

const specifierOf = (from: string, to: string): string => {
  if (!isFile(to)) return to;
  const path = to.replace(/\.ts$/, '');
  if (path.startsWith('shared/')) return `#${path}`;
  const steps = relative(dirname(from), path);
  return steps.startsWith('.') ? steps : `./${steps}`;
};

const writers: Readonly<Record<Form, (at: string) => string>> = {
  value: (at) => `import { it as used } from '${at}';\nexport const uses = used;`,
  type: (at) => `import type { It as Used } from '${at}';\nexport type Uses = Used;`,
  'inline type': (at) => `import { type It as Used } from '${at}';\nexport type Uses = Used;`,
  namespace: (at) => `import * as used from '${at}';\nexport const uses = used;`,
  'side effect': (at) => `import '${at}';`,
  're-export': (at) => `export * from '${at}';`,
  dynamic: (at) => `export const uses = () => import('${at}');`,
  require: (at) => `export const uses = require('${at}');`,
  'type query': (at) => `export type Uses = import('${at}').It;`,
};

const writeImport = (form: Form, at: string): string => writers[form](at);
