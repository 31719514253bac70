import { accessMutants } from './access-mutants';
import { doorMutants } from './door-mutants';
import { fileMutants } from './file-mutants';
import type { Mutant } from './mutant';
import { paymentMutants } from './payment-mutants';
import { roleMutants } from './role-mutants';
import { usageMutants } from './usage-mutants';

/** Every fault that `npm run mutants` plants. */
export const allMutants: readonly Mutant[] = [
  ...paymentMutants,
  ...accessMutants,
  ...doorMutants,
  ...roleMutants,
  ...usageMutants,
  ...fileMutants,
];
