import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { accessMutants } from './access-mutants';
import { mutatedText } from './apply-mutant';
import { doorMutants } from './door-mutants';
import { fileMutants } from './file-mutants';
import { paymentMutants } from './payment-mutants';
import { roleMutants } from './role-mutants';
import { usageMutants } from './usage-mutants';

const root = join(__dirname, '../..');
const mutants = [
  ...paymentMutants,
  ...accessMutants,
  ...doorMutants,
  ...roleMutants,
  ...usageMutants,
  ...fileMutants,
];

it('has at least twenty, each with a name of its own', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  expect(mutants.length).toBeGreaterThanOrEqual(20);
});

describe('a mutant still fits the product', () => {
  it.each(mutants)('$name', (mutant) => {
    expect(() => mutatedText(root, mutant)).not.toThrow();
    for (const file of mutant.tests) expect(existsSync(join(root, file))).toBe(true);
  });

  it('fails loudly when it does not', () => {
    const [mutant] = mutants;
    if (mutant === undefined) throw new Error('no mutants');
    expect(() => mutatedText(root, { ...mutant, search: 'no such text' })).toThrow('stands 0 times');
  });
});
