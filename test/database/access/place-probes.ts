import { functions } from './functions';
import { CALLERS, type Caller, callers } from './people';
import { schemas, sequences } from './places';
import { cellOf, DENIED, DONE, type Probe } from './probe';

interface Expected {
  readonly probe: Probe;
  readonly verdict: string;
}

/** What a function says that acts for whoever asks, where that is nobody. */
const UNAUTHENTICATED = 'unauthenticated';

const verdictFor = (caller: Caller, isAllowed: boolean, unlessNobody?: string): string => {
  if (!isAllowed) return DENIED;
  return caller === 'no subject' ? (unlessNobody ?? DONE) : DONE;
};

const run = (
  object: string,
  operation: string,
  sql: string,
  isAllowed: (role: string) => boolean,
  unlessNobody?: string,
): readonly Expected[] =>
  callers.map((caller) => ({
    probe: { cell: cellOf('whole', object, caller, operation), caller, kind: 'run', sql },
    verdict: verdictFor(caller, isAllowed(CALLERS[caller].role), unlessNobody),
  }));

/** Where nothing is said of the schema's usage, a function in it cannot be called by name. */
const mayEnter = (role: string, signature: string): boolean =>
  Object.entries(schemas[signature.split('.')[0] ?? ''] ?? {}).some(
    ([holder, held]) => holder === role && held.includes('USAGE'),
  );

/** Every function called, every sequence used and a table made in every schema, by every caller. */
export const placeProbes = (): readonly Expected[] => [
  ...Object.entries(functions).flatMap(([signature, { call, needsSubject, may = [] }]) =>
    run(
      signature,
      'call',
      `select ${signature.split('(')[0]}(${call})`,
      (role) => may.some((r) => r === role) && mayEnter(role, signature),
      needsSubject && UNAUTHENTICATED,
    ),
  ),
  ...Object.entries(sequences).flatMap(([name, held]) => {
    const holds = (role: string): boolean => Object.keys(held).includes(role);
    return [
      ...run(name, 'nextval', `select nextval('${name}')`, holds),
      ...run(name, 'setval', `select setval('${name}', 1)`, () => false),
      ...run(name, 'select', `select last_value from ${name}`, () => false),
    ];
  }),
  ...Object.keys(schemas).flatMap((name) =>
    run(name, 'create table', `create table ${name}.intruder (id int)`, () => false),
  ),
];
