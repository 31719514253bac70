import { everyRoute, named, openWorld, send } from './every-route';
import type { World } from './objects';
import { makePeople, type Person } from './people';

/** Whatever somebody with a role changes leaves its lines in the audit log, and nothing else does. */
let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ world, close } = await openWorld());
});
afterAll(() => close());

const backOffice = everyRoute.filter(({ route }) => route.auth === 'support' || route.auth === 'admin');

interface Line {
  readonly actor_role: string;
  readonly action: string;
  readonly target: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly request_id: string;
}

const linesOf = async ({ userId }: Person): Promise<readonly Line[]> =>
  (
    await world.admin.query<Line>(
      'select actor_role, action, target, before, after, request_id from private.audit_log where actor_id = $1 order by id',
      [userId],
    )
  ).rows;

const twoPeople = async (): Promise<readonly [Person, Person]> => {
  const [admin, owner] = await makePeople(world.admin, ['admin', 'user']);
  if (admin === undefined || owner === undefined) throw new Error('too few people');
  return [admin, owner];
};

describe.each(backOffice.filter(({ route }) => route.method !== 'GET').map(named))('%s', (_name, ruled) => {
  const { rule } = ruled;

  it('leaves the lines that its rule names', async () => {
    const [admin, owner] = await twoPeople();
    const id = (await rule.names?.make(world, owner)) ?? '';
    await rule.arrange?.(world, id);
    const answer = await send(world, ruled, { by: admin, credential: 'opaque', id });
    expect(answer.status).toBeLessThan(300);
    const lines = await linesOf(admin);
    expect(lines.map(({ action }) => action)).toEqual(rule.audit);
    expect([1, 2]).toContain(lines.length);
    for (const line of lines) {
      expect(line).toMatchObject({ actor_role: 'admin', request_id: 'request-1' });
      expect(line.before ?? line.after).not.toBeNull();
      if (id !== '') expect(line.target).toContain(id);
      // The log outlives the account: no personal data.
      expect(JSON.stringify(line)).not.toMatch(/@example\.test/);
    }
  });

  it('leaves none when it is refused', async () => {
    const [admin] = await twoPeople();
    if (rule.names === undefined) return;
    const answer = await send(world, ruled, { by: admin, credential: 'opaque', id: rule.names.random() });
    expect(answer.status).toBe(404);
    expect(await linesOf(admin)).toEqual([]);
  });
});

describe.each(backOffice.filter(({ route }) => route.method === 'GET').map(named))('%s', (_name, ruled) => {
  it('reads, and leaves no line', async () => {
    const [admin, owner] = await twoPeople();
    const id = (await ruled.rule.names?.make(world, owner)) ?? '';
    const answer = await send(world, ruled, { by: admin, credential: 'opaque', id });
    expect(answer.status).toBe(200);
    expect(ruled.rule.audit).toBeUndefined();
    expect(await linesOf(admin)).toEqual([]);
  });
});

it('is for support to read, for admins to act: what support may change is one list', () => {
  const changes = backOffice.filter(({ route }) => route.auth === 'support' && route.method !== 'GET');
  expect(changes.map(({ id }) => id)).toEqual(['endUserSessions']);
});
