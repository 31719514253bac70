import {
  buildsSql,
  type CodeRule,
  calculatesInFloats,
  importsHeavyZod,
  isBarrel,
  readsEnvironment,
} from './code-rules';
import { readSource, sourcesIn } from './syntax';

const product = sourcesIn('bin', 'lib', 'services', 'shared');
const lambdaCode = sourcesIn('services', 'shared');
const money = [
  ...sourcesIn('services/payment/domain', 'services/payment/sql', 'services/payment/use-cases'),
  'shared/kernel/money.ts',
];

const faultsOf = (rule: CodeRule, paths: readonly string[]): readonly string[] =>
  paths.flatMap((path) => rule(readSource(path)).map((fault) => `${path}: ${fault}`));

it('has sources to judge', () => {
  expect(product.length).toBeGreaterThan(150);
  expect(money.length).toBeGreaterThan(25);
});

describe('process.env', () => {
  const isEntry = (path: string): boolean =>
    /^services\/[^/]+\/(api|changes|inspect|mail|outbox|reconcile|sweep|sweep-changes)\.ts$/.test(path);

  it('is read by entries only', () => {
    expect(
      faultsOf(
        readsEnvironment,
        product.filter((path) => !isEntry(path)),
      ),
    ).toEqual([]);
  });

  it.each([
    'const x = process.env.SECRET;',
    `const x = process['env'];`,
    'const { env } = process;',
    `import { env } from 'node:process';`,
    `import process from 'process';`,
    'export const f = () => { if (process.env) return 1; };',
  ])('is seen in %s', (text) => {
    expect(readsEnvironment(text)).not.toEqual([]);
  });

  it.each(['process.stdout.write("x");', '// process.env', 'const s = "process.env";', 'const env = 1;'])(
    'is not seen in %s',
    (text) => {
      expect(readsEnvironment(text)).toEqual([]);
    },
  );
});

describe('zod', () => {
  it('comes as a namespace of zod/mini', () => {
    expect(faultsOf(importsHeavyZod, lambdaCode)).toEqual([]);
  });

  it.each([
    `import { z } from 'zod';`,
    `import { z } from 'zod/mini';`,
    `import z from 'zod';`,
    `import * as z from 'zod';`,
    `import { object } from 'zod/mini';`,
  ])('is refused as %s', (text) => {
    expect(importsHeavyZod(text)).not.toEqual([]);
  });

  it.each([
    `import * as z from 'zod/mini';`,
    `import type * as z from 'zod/mini';`,
    `import { en } from './zod';`,
  ])('is fine as %s', (text) => {
    expect(importsHeavyZod(text)).toEqual([]);
  });
});

describe('money', () => {
  it('is never a float on its way from the contract to the row', () => {
    expect(faultsOf(calculatesInFloats, money)).toEqual([]);
  });

  it.each([
    'const x = Number(amountMinor);',
    'const x = parseFloat(value);',
    'const x = Number.parseInt(value, 10);',
    'const x = Math.round(total);',
    'const x = +value;',
    'const x = total * 1.1;',
    'const x = value.toFixed(2);',
    'interface A { readonly amountMinor: number }',
  ])('is seen to become one in %s', (text) => {
    expect(calculatesInFloats(text)).not.toEqual([]);
  });

  it.each([
    'const x = a + b;',
    'const x = 10n ** 2n;',
    'if (Number.isNaN(at)) throw x;',
    'interface A { readonly amountMinor: bigint; readonly limit: number }',
    '// Number(x)',
  ])('is left alone in %s', (text) => {
    expect(calculatesInFloats(text)).toEqual([]);
  });
});

describe('SQL', () => {
  const paths = [
    ...lambdaCode.filter((path) => path.includes('/sql/')),
    ...sourcesIn('shared/identity', 'shared/supabase'),
    'shared/database/with-transaction.ts',
  ];

  it('is text in full: nothing that came from outside becomes part of it', () => {
    expect(paths.length).toBeGreaterThan(20);
    expect(faultsOf(buildsSql, paths)).toEqual([]);
  });

  it.each([
    `const f = (db, table) => db.query(\`select * from \${table}\`);`,
    'const f = (db, id) => db.query("select " + id);',
    'const f = (db, text) => db.query(text);',
    `let where = ""; const f = (db) => db.query(\`select 1 \${where}\`);`,
    `const columns = make(); const f = (db) => db.query(\`select \${columns}\`);`,
    `const f = (db, ids) => db.query(\`select \${ids.join()}\`);`,
  ])('is seen to be built in %s', (text) => {
    expect(buildsSql(text)).not.toEqual([]);
  });

  it.each([
    'const f = (db, id) => db.query("select $1", [id]);',
    `const columns = \`a, b\`; const f = (db) => db.query(\`select \${columns} from t\`);`,
    `import { columns } from './columns'; const f = (db) => db.query(\`select \${columns} from t\`);`,
    'const TEXT = "select 1"; const f = (db) => db.query(TEXT);',
  ])('is fine in %s', (text) => {
    expect(buildsSql(text)).toEqual([]);
  });
});

describe('files', () => {
  const all = sourcesIn('bin', 'lib', 'services', 'shared', 'local');

  it('have names of lower-case words and hyphens, in folders that say what is in them', () => {
    const odd = all.filter((path) =>
      path.split('/').some((part) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?(\.tsx?)?$/.test(part)),
    );
    expect(odd).toEqual([]);
    expect(all.filter((path) => /\/(utils?|helpers?|common|misc|index)(\/|\.ts$)/.test(path))).toEqual([]);
  });

  it('pass nothing on: every name is imported from where it is made', () => {
    expect(faultsOf(isBarrel, all)).toEqual([]);
  });

  it.each([
    `export * from './a';`,
    `export { a } from './a';`,
    'export default 1;',
    'export default () => 1;',
  ])('are seen to do so in %s', (text) => {
    expect(isBarrel(text)).not.toEqual([]);
  });
});
