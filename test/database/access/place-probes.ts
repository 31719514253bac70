import { functions } from './functions';
import { CALLERS, callers } from './people';
import { schemas, sequences } from './places';
import { cellOf, DENIED, DONE, type Probe } from './probe';

interface Expected {
  readonly probe: Probe;
  readonly verdict: string;
}

const run = (
  object: string,
  operation: string,
  sql: string,
  isAllowed: (role: string) => boolean,
): readonly Expected[] =>
  callers.map((caller) => ({
    probe: { cell: cellOf('whole', object, caller, operation), caller, kind: 'run', sql },
    verdict: isAllowed(CALLERS[caller].role) ? DONE : DENIED,
  }));

/** Every function called, every sequence used and a table made in every schema, by every caller. */
export const placeProbes = (): readonly Expected[] => [
  ...Object.entries(functions).flatMap(([signature, { call, may = [] }]) =>
    run(signature, 'call', `select ${signature.split('(')[0]}(${call})`, (role) =>
      may.some((r) => r === role),
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
