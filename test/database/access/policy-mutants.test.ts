import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../support/postgres';
import type { RowNames } from './expected-rows';
import { insertRows, prepareMatrix } from './fixture';
import { definitionMutants } from './mutants/definition-mutants';
import { grantMutants } from './mutants/grant-mutants';
import type { Mutant } from './mutants/mutant';
import { policyMutants } from './mutants/policy-mutants';
import { tryMutant } from './mutants/try-mutant';

/** Of each kind as many as this, spread over the list; `npm run policies` makes all of them. */
const OF_EACH_KIND = 6;

/** Roles belong to the cluster, which other test files use at the same time. */
const OF_THE_CLUSTER = ['empower role', 'join role'];

let database: TestDatabase;
let superuser: Client;
let rowNames: RowNames;
let mutants: readonly Mutant[];

beforeAll(async () => {
  database = await createTestDatabase();
  superuser = new Client({ connectionString: database.adminUrl });
  await superuser.connect();
  await insertRows(superuser);
  rowNames = await prepareMatrix(superuser);
  mutants = [
    ...(await policyMutants(superuser)),
    ...(await grantMutants(superuser)),
    ...(await definitionMutants(superuser)),
  ];
});

afterAll(async () => {
  await superuser.end();
  await database.drop();
});

const sample = (kind: string): readonly Mutant[] => {
  const all = mutants.filter((mutant) => mutant.kind === kind);
  const step = Math.max(1, Math.floor(all.length / OF_EACH_KIND));
  return all.filter((_, place) => place % step === 0);
};

const living = async (tried: readonly Mutant[]): Promise<readonly string[]> => {
  const names: string[] = [];
  for (const mutant of tried)
    if ((await tryMutant(superuser, rowNames, mutant)) === null) names.push(mutant.name);
  return names;
};

test('any policy dropped or loosened, and row-level security disabled on any table, turns a cell red', async () => {
  const kinds = ['drop policy', 'loosen policy', 'disable row-level security'];
  const all = mutants.filter(({ kind }) => kinds.includes(kind));

  expect(await living(all)).toEqual([]);
  expect(all.length).toBeGreaterThan(80);
});

test('so does a sample of every other fault', async () => {
  const kinds = [...new Set(mutants.map(({ kind }) => kind))].filter(
    (kind) => !OF_THE_CLUSTER.includes(kind),
  );

  for (const kind of kinds) expect([kind, await living(sample(kind))]).toEqual([kind, []]);
  expect(kinds.length).toBeGreaterThan(10);
});
