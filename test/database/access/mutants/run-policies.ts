import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { startTestServer, stopTestServer, TEMPLATE } from '../../../support/postgres-server';
import { readCoverage } from '../catalogue';
import { insertRows, prepareMatrix } from '../fixture';
import { runMatrix } from '../matrix';
import { definitionMutants } from './definition-mutants';
import { grantMutants } from './grant-mutants';
import type { Mutant } from './mutant';
import { policyMutants } from './policy-mutants';
import { tryMutant } from './try-mutant';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** What was undone stays in the catalogue as dead rows, which would make each mutant slower than the one before. */
const VACUUM =
  'vacuum pg_class, pg_attribute, pg_policy, pg_proc, pg_namespace, pg_depend, pg_shdepend, pg_default_acl';
const VACUUM_EVERY = 100;

interface Score {
  tried: number;
  killed: number;
}

const tryAll = async (
  superuser: Client,
  mutants: readonly Mutant[],
  isQuiet: boolean,
): Promise<ReadonlyMap<string, Score>> => {
  const scores = new Map<string, Score>();
  const rowNames = await prepareMatrix(superuser);
  await superuser.query('begin');
  const { cells, differences } = await runMatrix({ superuser, rowNames });
  if (differences.length > 0) throw new Error(`red before any mutant: ${JSON.stringify(differences[0])}`);
  const { privileges } = await readCoverage(superuser);
  await superuser.query('rollback');
  say(`${cells} cells tried or held, ${privileges} privileges asked for, all as declared\n`);
  for (const [place, mutant] of mutants.entries()) {
    if (place % VACUUM_EVERY === 0) await superuser.query(VACUUM);
    const red = await tryMutant(superuser, rowNames, mutant);
    const score = scores.get(mutant.kind) ?? { tried: 0, killed: 0 };
    scores.set(mutant.kind, {
      tried: score.tried + 1,
      killed: score.killed + (red === null ? 0 : 1),
    });
    if (red === null) say(`LIVES  ${mutant.kind}: ${mutant.name}`);
    else if (!isQuiet)
      say(`${mutant.kind}: ${mutant.name}\n    ${red.cell}: ${red.found}, not ${red.expected}`);
  }
  return scores;
};

const printScores = (scores: ReadonlyMap<string, Score>): number => {
  say('');
  let sum = 0;
  for (const [kind, { tried, killed }] of scores) {
    sum += killed;
    say(`${kind.padEnd(28)} ${String(killed).padStart(6)} of ${tried}`);
  }
  return sum;
};

/**
 * `npm run policies`: makes every fault of policies, grants, functions, roles and defaults that takes one statement, each in a
 * transaction that is undone, and prints the first cell that goes red. `--only text` picks mutants by kind and name,
 * `--quiet` prints those that live alone.
 */
const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { only: { type: 'string', default: '' }, quiet: { type: 'boolean', default: false } },
  });
  const started = performance.now();
  const server = await startTestServer();
  const superuser = new Client({ connectionString: server.postgres.url(undefined, TEMPLATE) });
  try {
    await superuser.connect();
    await insertRows(superuser);
    const all = [
      ...(await policyMutants(superuser)),
      ...(await grantMutants(superuser)),
      ...(await definitionMutants(superuser)),
    ];
    const mutants = all.filter(({ kind, name }) => `${kind}: ${name}`.includes(values.only));
    const scores = await tryAll(superuser, mutants, values.quiet);
    const killed = printScores(scores);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    say(`\n${killed} of ${mutants.length} mutants killed in ${seconds} s`);
    process.exitCode = killed === mutants.length ? 0 : 1;
  } finally {
    await superuser.end();
    await stopTestServer(server);
  }
};

void main();
