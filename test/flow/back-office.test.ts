import { randomUUID } from 'node:crypto';
import { type AuthTest, type AuthTestDatabase, openAuthTest } from '../support/auth-service';
import { insertPayment } from '../support/payment-rows';
import { type SignedInUser, signIn } from '../support/sign-in';

let databases: AuthTestDatabase;
let test: AuthTest;
let admin: SignedInUser;
let support: SignedInUser;

beforeAll(async () => {
  databases = await openAuthTest();
  test = databases.start();
});
beforeEach(async () => {
  admin = await signIn(databases.admin, 'admin');
  support = await signIn(databases.admin, 'support');
});
afterAll(() => databases.close());

const as = (who: SignedInUser, method: string, path: string, body?: unknown) =>
  test.send({
    method,
    path: `/api/auth/${path}`,
    headers: who.headers,
    ...(body === undefined ? {} : { body }),
  });

const linesOn = async (target: string) =>
  (
    await databases.admin.query<Record<string, unknown>>(
      'select actor_id, actor_role, action, before, after, request_id from private.audit_log where target = $1 order by id',
      [target],
    )
  ).rows;

describe('accounts', () => {
  it('are found by the beginning of their address and by id, without secrets', async () => {
    const { id, email } = await test.signUp('needle_one@example.test');
    const found = await test.send({
      path: '/api/auth/users',
      headers: support.headers,
      query: { email: 'NEEDLE_o' },
    });
    expect(found.body).toEqual({
      success: true,
      data: [
        {
          id,
          email,
          name: 'Ada',
          role: 'user',
          email_confirmed: true,
          created_at: expect.any(String),
          last_sign_in_at: null,
          banned_until: null,
        },
      ],
      has_more: false,
      next_cursor: null,
    });
    const byId = await test.send({ path: '/api/auth/users', headers: support.headers, query: { id } });
    expect(byId.body.data).toEqual(found.body.data);
    const wild = await test.send({
      path: '/api/auth/users',
      headers: support.headers,
      query: { email: 'needleX' },
    });
    expect(wild.body.data).toEqual([]);
  });

  it('come in pages that hold every account once', async () => {
    const all = new Set<string>();
    let cursor: string | null = null;
    let pages = 0;
    do {
      const query: Record<string, string> = { limit: '2', ...(cursor === null ? {} : { cursor }) };
      const { status, body } = await test.send({ path: '/api/auth/users', headers: support.headers, query });
      expect(status).toBe(200);
      for (const { id } of body.data) {
        expect(all.has(id)).toBe(false);
        all.add(id);
      }
      cursor = body.next_cursor;
      pages += 1;
    } while (cursor !== null);
    const { rows } = await databases.admin.query<{ n: number }>(
      'select count(*)::int as n from public.user_profiles',
    );
    expect(all.size).toBe(rows[0]?.n);
    expect(pages).toBe(Math.ceil(all.size / 2));
  });

  it('show sessions and sums of payments', async () => {
    const { id } = await test.signUp();
    await insertPayment(databases.admin, { userId: id });
    await insertPayment(databases.admin, { userId: id, currency: 'EUR' });
    const { status, body } = await as(support, 'GET', `users/${id}`);
    expect(status).toBe(200);
    const sums = { payments: 1, captured_amount: 0, refunded_amount: 0, reversed_amount: 0 };
    expect(body.user).toMatchObject({
      id,
      sessions: 1,
      payments: [
        { currency: 'EUR', ...sums },
        { currency: 'USD', ...sums },
      ],
    });
    expect(JSON.stringify(body)).not.toMatch(/token|hash|password/);
  });
});

describe('sessions of others', () => {
  it('end at once at the word of support, with a line in the log', async () => {
    const user = await test.signUp();
    const ended = await as(support, 'POST', `users/${user.id}/sessions/end`, {});
    expect(ended.body).toEqual({ success: true, ended: 1 });
    expect((await test.get('sessions', { Authorization: `Bearer ${user.token}` })).body.code).toBe(
      'session_ended',
    );
    expect(await linesOn(user.id)).toEqual([
      {
        actor_id: support.userId,
        actor_role: 'support',
        action: 'sessions.end',
        before: { sessions: 1 },
        after: { ended: 1 },
        request_id: 'request-1',
      },
    ]);
  });

  it('of people with a role end only at the word of an admin', async () => {
    const other = await signIn(databases.admin, 'support');
    expect((await as(support, 'POST', `users/${other.userId}/sessions/end`, {})).status).toBe(403);
    expect(await linesOn(other.userId)).toEqual([]);
    expect((await as(admin, 'POST', `users/${other.userId}/sessions/end`, {})).status).toBe(200);
  });
});

describe('bans', () => {
  it('end sessions, keep the account out and are lifted', async () => {
    const user = await test.signUp();
    const banned = await as(admin, 'POST', `users/${user.id}/ban`, { reason: 'fraud' });
    expect(banned.status).toBe(200);
    expect(Date.parse(banned.body.user.banned_until)).toBeGreaterThan(Date.now() + 90 * 365 * 86_400_000);
    expect((await test.get('sessions', { Authorization: `Bearer ${user.token}` })).status).toBe(401);
    // Whatever session a provider still opens for the account does not live either.
    const opened = await test.post('signin', { email: user.email, password: 'correct horse battery' });
    const again = await test.get('sessions', { Authorization: `Bearer ${opened.body.user?.token}` });
    expect(again.status).toBe(401);

    const lifted = await as(admin, 'POST', `users/${user.id}/unban`, {});
    expect(lifted.body.user.banned_until).toBeNull();
    expect((await linesOn(user.id)).map(({ action, before, after }) => ({ action, before, after }))).toEqual([
      {
        action: 'users.ban',
        before: { banned_until: null },
        after: { banned_until: banned.body.user.banned_until, reason: 'fraud', sessions_ended: 1 },
      },
      {
        action: 'users.unban',
        before: { banned_until: banned.body.user.banned_until },
        after: { banned_until: null },
      },
    ]);
  });

  it.each(['2020-01-01T00:00:00Z', '2999-01-01T00:00:00Z'])('are not until %s', async (until) => {
    const { id } = await test.signUp();
    const { body } = await as(admin, 'POST', `users/${id}/ban`, { reason: 'other', until });
    expect(body.errors).toEqual([{ pointer: '/body/until', message: expect.any(String) }]);
    expect(await linesOn(id)).toEqual([]);
  });
});

describe('roles', () => {
  it('are given, changed and taken, and count from the next request', async () => {
    const user = await signIn(databases.admin);
    expect((await as(user, 'GET', 'users')).status).toBe(403);
    await as(admin, 'PUT', `users/${user.userId}/role`, { role: 'support' });
    expect((await as(user, 'GET', 'users')).status).toBe(200);
    expect((await as(user, 'GET', 'audit-log')).status).toBe(403);
    const raised = await as(admin, 'PUT', `users/${user.userId}/role`, { role: 'admin' });
    expect(raised.body.user.role).toBe('admin');
    expect((await as(user, 'GET', 'audit-log')).status).toBe(200);
    await as(admin, 'PUT', `users/${user.userId}/role`, { role: 'admin' });
    await as(admin, 'DELETE', `users/${user.userId}/role`);
    expect((await as(user, 'GET', 'users')).status).toBe(403);
    expect((await linesOn(user.userId)).map(({ before, after }) => [before, after])).toEqual([
      [{ role: 'user' }, { role: 'support' }],
      [{ role: 'support' }, { role: 'admin' }],
      [{ role: 'admin' }, { role: 'user' }],
    ]);
  });

  it.each([
    ['PUT', 'role', { role: 'support' }],
    ['DELETE', 'role', undefined],
    ['POST', 'ban', { reason: 'other' }],
    ['POST', 'unban', {}],
  ])('nobody does %s %s to the own account', async (method, what, body) => {
    const answer = await as(admin, method, `users/${admin.userId}/${what}`, body);
    expect([answer.status, answer.body.code]).toEqual([409, 'own_account']);
    expect(await linesOn(admin.userId)).toEqual([]);
  });

  it('always leave an admin, whoever takes it from whom at the same moment', async () => {
    await databases.admin.query("delete from private.roles where role = 'admin'");
    for (let round = 0; round < 10; round += 1) {
      const [one, two] = [await signIn(databases.admin, 'admin'), await signIn(databases.admin, 'admin')];
      const answers = await Promise.all([
        as(one, 'DELETE', `users/${two.userId}/role`),
        as(
          two,
          round % 2 === 0 ? 'DELETE' : 'POST',
          `users/${one.userId}/${round % 2 === 0 ? 'role' : 'ban'}`,
          {
            reason: 'other',
          },
        ),
      ]);
      const done = answers.filter(({ status }) => status === 200);
      expect(done).toHaveLength(1);
      const { rows } = await databases.admin.query(
        `select r.user_id from private.roles r join auth.users u on u.id = r.user_id
         where r.role = 'admin' and u.banned_until is null`,
      );
      expect(rows).toHaveLength(1);
      await databases.admin.query("delete from private.roles where role = 'admin'");
    }
  });

  it('keep their accounts until they are taken, so that none ends without a line, nor the last admin', async () => {
    const other = await signIn(databases.admin, 'admin');
    for (const who of [admin, support]) {
      const { status, body } = await as(who, 'DELETE', 'account', {});
      expect([status, body.code]).toEqual([409, 'role_held']);
    }
    await as(other, 'DELETE', `users/${admin.userId}/role`);
    expect((await as(admin, 'DELETE', 'account', {})).status).toBe(200);
    expect((await linesOn(admin.userId)).map(({ action }) => action)).toEqual(['roles.change']);
  });
});

describe('the audit log', () => {
  it('is read by admins, by who, what, to what and when, page by page', async () => {
    const { id } = await test.signUp();
    const from = new Date().toISOString();
    for (const role of ['support', 'admin', 'support'] as const) {
      await as(admin, 'PUT', `users/${id}/role`, { role });
    }
    const read = (query: Record<string, string>) =>
      test.send({ path: '/api/auth/audit-log', headers: admin.headers, query });
    const all = await read({ target: id });
    expect(all.body.data).toHaveLength(3);
    expect(all.body.data[0]).toEqual({
      id: expect.stringMatching(/^\d+$/),
      at: expect.any(String),
      actor: { id: admin.userId, name: null, role: 'admin' },
      action: 'roles.change',
      target: id,
      before: { role: 'admin' },
      after: { role: 'support' },
      request_id: 'request-1',
    });
    const first = await read({ actor: admin.userId, action: 'roles.change', from, limit: '2' });
    expect(first.body).toMatchObject({ has_more: true, next_cursor: all.body.data[1].id });
    const rest = await read({ actor: admin.userId, limit: '2', cursor: first.body.next_cursor });
    expect([...first.body.data, ...rest.body.data]).toEqual(all.body.data);
    expect((await read({ target: id, to: from })).body.data).toEqual([]);
  });
});

it('knows an absent account from no other fault', async () => {
  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['POST', '/ban', { reason: 'other' }],
    ['PUT', '/role', { role: 'support' }],
  ] as const) {
    const answer = await as(admin, method, `users/${randomUUID()}${path}`, body);
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
  }
});
