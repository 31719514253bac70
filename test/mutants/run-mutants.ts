import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { allMutants } from './all-mutants';
import { mutatedText } from './apply-mutant';
import type { Mutant } from './mutant';

interface Verdict {
  readonly name: string;
  /** The test that failed; null when the mutant lives. */
  readonly killedBy: string | null;
  readonly seconds: number;
}

interface JestReport {
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
  }[];
}

const ROOT = join(__dirname, '../..');

/** A copy of what git knows, as it stands in the working tree, with the packages of this one. */
const copyTree = (): string => {
  const copy = mkdtempSync(join(tmpdir(), 'tandem-mutants-'));
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 });
  for (const file of files.split('\0').filter((name) => name !== '' && existsSync(join(ROOT, name))))
    cpSync(join(ROOT, file), join(copy, file), { recursive: true, force: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
};

/** Runs test files in the copy. A run without a report is a fault of the rig, not a kill. */
const runTests = async (copy: string, tests: readonly string[]): Promise<JestReport> => {
  const output = join(copy, 'mutant-report.json');
  rmSync(output, { force: true });
  const jest = join(dirname(require.resolve('jest/package.json')), 'bin/jest.js');
  const args = [jest, '--ci', '--silent', '--json', `--outputFile=${output}`, '--runTestsByPath', ...tests];
  const run = spawn(process.execPath, args, { cwd: copy, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: Buffer[] = [];
  run.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  await new Promise((done) => run.on('close', done));
  try {
    return JSON.parse(readFileSync(output, 'utf8')) as JestReport;
  } catch (cause) {
    throw new Error(`the tests did not run:\n${Buffer.concat(said)}`, { cause });
  }
};

/** The first failed test; a file that could not even be loaded is no kill, since a broken mutant proves nothing. */
const firstFailure = (report: JestReport, copy: string): string | null => {
  for (const { name, assertionResults } of report.testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed !== undefined) return `${relative(copy, name)}: ${failed.title}`;
  }
  const broken = report.testResults.find(({ assertionResults }) => assertionResults.length === 0);
  if (broken !== undefined) throw new Error(`${broken.name} did not run:\n${broken.message}`);
  return null;
};

const tryMutant = async (copy: string, mutant: Mutant): Promise<Verdict> => {
  const started = performance.now();
  const file = join(copy, mutant.file);
  const sound = readFileSync(file, 'utf8');
  writeFileSync(file, mutatedText(copy, mutant));
  try {
    const killedBy = firstFailure(await runTests(copy, mutant.tests), copy);
    return { name: mutant.name, killedBy, seconds: (performance.now() - started) / 1000 };
  } finally {
    writeFileSync(file, sound);
  }
};

const print = ({ name, killedBy, seconds }: Verdict): void =>
  console.log(`${name.padEnd(58)} ${seconds.toFixed(1).padStart(5)} s  ${killedBy ?? 'LIVES'}`);

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
  const mutants = allMutants.filter(({ name }) => name.includes(values.only));
  const copy = copyTree();
  try {
    for (const mutant of mutants) mutatedText(copy, mutant);
    let killed = 0;
    for (const mutant of mutants) {
      const verdict = await tryMutant(copy, mutant);
      if (verdict.killedBy !== null) killed += 1;
      print(verdict);
    }
    console.log(`\n${killed} of ${mutants.length} mutants killed`);
    process.exitCode = killed === mutants.length ? 0 : 1;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
};

void main();
