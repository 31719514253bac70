import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FunctionName } from '../../lib/function-catalogue';
import { functionBundle } from './function-bundle';

/** A statement that a function of ours can send, in full. */
export interface Statement {
  readonly file: string;
  readonly text: string;
}

const root = resolve(__dirname, '../..');

/** What carries statements for others. */
const CARRIERS = ['shared/database/pool.ts', 'shared/database/with-transaction.ts'];

/**
 * Every SQL statement that a Lambda function can send. Each exported function that sends one and is left in the bundle is
 * called with a connection that only writes down, and with arguments that pass for anything; so the texts are those that
 * the code puts together itself.
 *
 * @throws Error for a file with a statement that was not met that way: it would be missing from what tests conclude
 */
export const statementsOf = async (name: FunctionName): Promise<readonly Statement[]> => {
  const { sources, text: bundle } = functionBundle(name);
  const found: Statement[] = [];
  const files = sources.filter((source) => !CARRIERS.includes(source) && hasStatement(source));
  for (const file of files) {
    const texts = await statementsIn(file, (exported) => isDefined(exported, bundle));
    if (texts.size === 0) throw new Error(`no statement of ${file} was met`);
    found.push(...[...texts].map((text) => ({ file, text })));
  }
  return found;
};

/** Providers have queries of another kind, and no database (test/architecture). */
const hasStatement = (file: string): boolean =>
  !file.includes('/providers/') && /\.query[<(]/.test(readFileSync(resolve(root, file), 'utf8'));

/** esbuild keeps names, with a number behind where two files use one. */
const isDefined = (exported: string, bundle: string): boolean =>
  new RegExp(`\\b(?:var|let|const|function) ${exported}\\d*\\b|[,\\s]${exported}\\d* = `).test(bundle);

const statementsIn = async (file: string, isLeft: (exported: string) => boolean): Promise<Set<string>> => {
  const exports = (await import(resolve(root, file))) as Record<string, unknown>;
  const texts = new Set<string>();
  const connection = {
    query: async (text: string) => {
      texts.add(text);
      return { rows: listOf(1), rowCount: 1 };
    },
    withConnection: (work: (it: unknown) => unknown) => work(connection),
  };
  for (const [exported, value] of Object.entries(exports)) {
    if (typeof value !== 'function' || !isLeft(exported)) continue;
    await callWith(value as Work, connection);
  }
  return texts;
};

type Work = (...input: unknown[]) => unknown;

const callWith = async (work: Work, connection: unknown): Promise<void> => {
  for (const input of INPUTS) {
    const made = await attempt(work, [connection, ...input]);
    // One that is given its connection, and gives what asks: a function, or several by name.
    const parts = typeof made === 'object' && made !== null ? Object.values(made) : [made];
    for (const part of parts) if (typeof part === 'function') await attempt(part as Work, input);
  }
};

const attempt = async (work: Work, input: readonly unknown[]): Promise<unknown> => {
  try {
    return await work(...input);
  } catch {
    // It did not know what to make of this; another input is tried, and a file whose statement nothing met is missed above.
    return undefined;
  }
};

/** Where only certain words will do, as in a union of texts. */
const WORDS: Readonly<Record<string, string>> = { provider: 'stripe', books: 'capture', kind: 'capture' };

/** Passes for a list of so many, for an object with every property, for a number, a text and a function. */
const listOf = (length: 0 | 1): unknown => {
  const anything: unknown = new Proxy(() => anything, {
    get: (_target, property) => {
      if (property === 'then') return undefined; // or it would be waited for
      if (typeof property === 'string' && Object.hasOwn(WORDS, property)) return WORDS[property];
      if (property === 'toJSON') return () => 'anything';
      if (property === Symbol.toPrimitive) return (hint: string) => (hint === 'string' ? 'anything' : 0);
      const list = Array.from({ length }, () => anything) as unknown as Record<PropertyKey, unknown>;
      const member = list[property];
      if (typeof member === 'function') return member.bind(list);
      return property === 'length' ? length : anything;
    },
    apply: () => anything,
  });
  return anything;
};

const PLACES = 8;

/** One, none, and null in each place: what is asked may depend on what there is. */
const INPUTS: readonly (readonly unknown[])[] = [
  ...[listOf(1), listOf(0)].flatMap((input) =>
    Array.from({ length: PLACES + 1 }, (_, empty) =>
      Array.from({ length: PLACES }, (_, place) => (place === empty ? null : input)),
    ),
  ),
];
