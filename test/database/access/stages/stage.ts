import type { ClientBase } from 'pg';
import type { RowNames } from '../expected-rows';
import type { Outcome } from '../outcome';

export interface Question {
  /** Inside a transaction, of a session that `prepareMatrix` has seen. */
  readonly superuser: ClientBase;
  readonly rowNames: RowNames;
  /** Names of objects to look at; all, where it is left out. */
  readonly only?: readonly string[] | undefined;
}

/** One part of the matrix: compares some cells with what is declared, and changes nothing. */
export type Stage = (question: Question) => Promise<Outcome>;

export const isAskedFor = ({ only }: Question, object: string): boolean => only?.includes(object) ?? true;
