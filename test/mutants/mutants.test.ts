import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { allMutants } from './all-mutants';
import { mutatedText } from './apply-mutant';
import type { Mutant } from './mutant';

const root = join(__dirname, '../..');

/** Later migrations that define the function anew in which a fault is made: there it would change nothing. */
const redefinedBy = ({ file, search }: Mutant): readonly string[] => {
  const before = readFileSync(join(root, file), 'utf8').split(search)[0] ?? '';
  const [name] = [...before.matchAll(/^create (?:or replace )?function ([\w.]+)\(/gm)].at(-1)?.slice(1) ?? [];
  if (name === undefined || before.slice(before.lastIndexOf(`function ${name}(`)).includes('\n$$;'))
    return [];
  const redefines = new RegExp(`^create (?:or replace )?function ${name.replace('.', '\\.')}\\(`, 'm');
  return readdirSync(join(root, dirname(file)))
    .filter((later) => later > basename(file))
    .filter((later) => redefines.test(readFileSync(join(root, dirname(file), later), 'utf8')));
};

it('has at least twenty, each with a name of its own', () => {
  expect(new Set(allMutants.map(({ name }) => name)).size).toBe(allMutants.length);
  expect(allMutants.length).toBeGreaterThanOrEqual(20);
});

describe('a mutant still fits the product', () => {
  it.each(allMutants)('$name', (mutant) => {
    expect(() => mutatedText(root, mutant)).not.toThrow();
    for (const file of mutant.tests) expect(existsSync(join(root, file))).toBe(true);
  });

  it.each(allMutants.filter(({ file }) => file.endsWith('.sql')))(
    '$name: in a definition that holds',
    (mutant) => {
      expect(redefinedBy(mutant)).toEqual([]);
    },
  );

  it('fails loudly when it does not', () => {
    const [mutant] = allMutants;
    if (mutant === undefined) throw new Error('no mutants');
    expect(() => mutatedText(root, { ...mutant, search: 'no such text' })).toThrow('stands 0 times');
  });
});
