import type { Route } from '#shared/kernel/route';
import type { ApiAnswer } from '../support/api-event';
import { everyRoute, named, openWorld, type RuledRoute, send } from './every-route';
import type { World } from './objects';
import { makePeople, type Person } from './people';

/** Nobody sets what a route does not name: unknown fields are refused, with nothing done. */
let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ world, close } = await openWorld());
});
afterAll(() => close());

/** What an attacker would like to set, and names that objects have by themselves. */
const HOSTILE: Readonly<Record<string, unknown>> = {
  id: '00000000-0000-4000-8000-000000000000',
  user_id: '00000000-0000-4000-8000-000000000000',
  userId: '00000000-0000-4000-8000-000000000000',
  status: 'succeeded',
  amount_minor: 1,
  captured_minor: 1,
  role: 'admin',
  roles: ['admin'],
  is_admin: true,
  app_metadata: { role: 'admin' },
  email_confirmed_at: '2026-01-01T00:00:00Z',
  banned_until: null,
  created_at: '2026-01-01T00:00:00Z',
  granted_by: null,
  mode: 'live',
  version: 1,
  '': 1,
  $where: '1',
  'price.id': 'pro',
  toString: 1,
  constructor: { prototype: { isAdmin: true } },
  prototype: {},
};

/** As JSON text, because an object literal would make `__proto__` the prototype. */
const withField = (body: Readonly<Record<string, unknown>>, field: string, value: unknown): string => {
  const rest = JSON.stringify(body).slice(1);
  return `{${JSON.stringify(field)}:${JSON.stringify(value)}${rest === '}' ? '' : ','}${rest}`;
};

const hostileFields: readonly (readonly [string, unknown])[] = [
  ...Object.entries(HOSTILE),
  ['__proto__', { isAdmin: true }],
];

/** Who gets as far as validation. */
const callerOf = async (route: Route): Promise<Person> => {
  const [caller] = await makePeople(world.admin, [
    route.auth === 'support' || route.auth === 'admin' ? 'admin' : 'user',
  ]);
  if (caller === undefined) throw new Error('nobody');
  return caller;
};

/** Every row of every table but those that note that a call was made. */
const snapshot = async (): Promise<unknown> => {
  const { rows: tables } = await world.admin.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('public', 'private', 'auth') and tablename <> 'rate_limits' order by 1`,
  );
  const texts = tables.map(
    ({ name }) =>
      `select '${name}' as name, count(*), md5(string_agg(t::text, '' order by t::text)) from ${name} t`,
  );
  return (await world.admin.query(`${texts.join(' union all ')} order by name`)).rows;
};

const refused = ({ status, body }: ApiAnswer, pointer: string): unknown =>
  status === 400 && body.code === 'request_invalid' && body.errors?.[0]?.pointer.startsWith(pointer)
    ? null
    : { status, body };

const faultsOf = async (
  ruled: RuledRoute,
  attempts: (
    caller: Person,
    id: string,
  ) => readonly (readonly [string, Parameters<typeof send>[2], string])[],
): Promise<readonly unknown[]> => {
  const caller = await callerOf(ruled.route);
  const id = (await ruled.rule.names?.make(world, caller)) ?? '';
  const before = await snapshot();
  const faults: unknown[] = [];
  for (const [name, sent, pointer] of attempts(caller, id)) {
    const fault = refused(await send(world, ruled, sent), pointer);
    if (fault !== null) faults.push([name, fault]);
  }
  expect(await snapshot()).toEqual(before);
  return faults;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

describe.each(everyRoute.filter(({ route }) => route.body !== undefined).map(named))(
  'the body of %s',
  (_name, ruled) => {
    it('has no other fields than its contract names, at any depth', async () => {
      const { rule } = ruled;
      const faults = await faultsOf(ruled, (by, id) => {
        const body = rule.request?.(id, by).body ?? {};
        const common = { by, id, credential: 'opaque' } as const;
        const nested = Object.entries(body).filter(
          ([name, value]) => isObject(value) && !rule.freeForm?.includes(name),
        );
        return hostileFields
          .filter(([field]) => !(field in body))
          .flatMap(([field, value]) => [
            [field, { ...common, rawBody: withField(body, field, value) }, '/body'] as const,
            ...nested.map(([name, inner]) => {
              const { [name]: _, ...others } = body;
              const own = withField(inner as Readonly<Record<string, unknown>>, field, value);
              const outer = JSON.stringify(others).slice(1, -1);
              const rawBody = `{${outer}${outer === '' ? '' : ','}${JSON.stringify(name)}:${own}}`;
              return [`${name}.${field}`, { ...common, rawBody }, `/body/${name}`] as const;
            }),
          ]);
      });
      expect(faults).toEqual([]);
    });
  },
);

describe.each(everyRoute.filter(({ route }) => route.query !== undefined).map(named))(
  'the query of %s',
  (_name, ruled) => {
    it('has no other parameters than its contract names, unless there is a reason', async () => {
      const { rule } = ruled;
      const faults = await faultsOf(ruled, (by, id) => {
        const parts = rule.request?.(id, by) ?? {};
        // `__proto__` never becomes a parameter; a name that the route does know is refused for its value.
        return hostileFields
          .filter(([field]) => field !== '__proto__')
          .map(([field]) => {
            const query = { ...parts.query, [field]: 'x' };
            return [field, { by, id, credential: 'opaque', parts: { ...parts, query } }, '/query'] as const;
          });
      });
      if (rule.ignoresQuery === undefined) expect(faults).toEqual([]);
      else expect(faults).not.toEqual([]);
    });
  },
);

it('sends what would be accepted without the unknown field', async () => {
  for (const ruled of everyRoute.filter(({ route }) => route.body !== undefined)) {
    const by = await callerOf(ruled.route);
    const id = (await ruled.rule.names?.make(world, by)) ?? '';
    const answer = await send(world, ruled, { by, id, credential: 'access' });
    expect([ruled.id, answer.status === 400 && answer.body.code]).not.toEqual([ruled.id, 'request_invalid']);
  }
});

it('leaves every prototype as it was', () => {
  expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('isAdmin');
});
