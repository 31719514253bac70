import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '#shared/database/pool';
import { AppError } from '#shared/errors/app-error';
import { hashSessionToken, makeSessionToken } from '#shared/identity/session-token';
import {
  type AuthTest,
  type AuthTestDatabase,
  bearer,
  newEmail,
  openAuthTest,
  PASSWORD,
} from '../support/auth-service';

/** What happens between the steps of a flow: an account that changes or goes, a session that is refreshed meanwhile. */
let databases: AuthTestDatabase;
let admin: Database;

beforeAll(async () => {
  databases = await openAuthTest();
  admin = databases.admin;
});

afterAll(() => databases.close());

/** Has something happen once the provider has let somebody in, before our session is opened. */
const afterSignIn = (service: AuthTest, happen: (userId: string) => Promise<unknown>): void => {
  const { signIn } = service.identity;
  Object.assign(service.identity, {
    signIn: async (...asked: Parameters<typeof signIn>) => {
      const signedIn = await signIn(...asked);
      await happen(signedIn.account.id);
      return signedIn;
    },
  });
};

const sessionsAtSupabase = async (userId: string): Promise<number> =>
  (await admin.query('select from auth.sessions where user_id = $1', [userId])).rows.length;

describe('our copy of an address that is another account’s by now', () => {
  const FOREIGN = 'the password of the other';

  test('lets no password of that account prove the owner of this one', async () => {
    const service = databases.start();
    const ada = await service.signUp();
    const email = newEmail();
    const { user: eve } = (await service.post('signup', { email, password: FOREIGN })).body;
    await admin.query('update public.user_profiles set email = $2 where id = $1', [ada.id, email]);
    service.advance(16 * 60_000);

    const stolen = bearer(ada.token);
    const answers = [
      await service.remove('account', stolen, { current_password: FOREIGN }),
      await service.post('email', { email: newEmail(), current_password: FOREIGN }, stolen),
      await service.post(
        'update-password',
        { password: 'a new password', current_password: FOREIGN },
        stolen,
      ),
    ];
    for (const { status, body } of answers) expect([status, body.code]).toEqual([401, 'credentials_invalid']);
    expect(await sessionsAtSupabase(eve.id)).toBe(1);
    expect((await service.post('signin', { email, password: FOREIGN })).body.user.id).toBe(eve.id);
    expect((await service.post('signin', { email: ada.email, password: PASSWORD })).status).toBe(200);
  });

  test('is not written by a sign-in that began before the change', async () => {
    const service = databases.start();
    const { id, email } = await service.signUp();
    const changed = newEmail();
    afterSignIn(service, (userId) =>
      admin.query('update auth.users set email = $2 where id = $1', [userId, changed]),
    );
    const { body } = await service.post('signin', { email, password: PASSWORD });
    const profile = await service.get('profile', bearer(body.user.token));
    expect(profile.body.profile).toMatchObject({ id, email: changed });
  });
});

test('a new password that is refused leaves no session behind', async () => {
  const service = databases.start();
  const { id, token } = await service.signUp();
  Object.assign(service.identity, {
    setPassword: async () => {
      throw new AppError('password_rejected');
    },
  });
  const change = { password: 'another password', current_password: PASSWORD };
  expect((await service.post('update-password', change, bearer(token))).body.code).toBe('password_rejected');
  expect(await sessionsAtSupabase(id)).toBe(1);
});

describe('a token that is rotated', () => {
  /** Has something asked for after a refresh has replaced the token and before it commits. */
  const whileRotating = async (
    { id, token }: { readonly id: string; readonly token: string },
    ask: () => ReturnType<AuthTest['post']>,
  ) => {
    const next = makeSessionToken();
    let asked: ReturnType<AuthTest['post']> | undefined;
    await admin.withConnection(async (tx) => {
      await tx.query('begin');
      await tx.query(
        `with renewed as (update private.sessions set token_hash = $2 where user_id = $1 returning id)
         insert into private.session_tokens (token_hash, session_id, nonce, retired_at)
         select $3, id, $4, now() from renewed`,
        [id, hashSessionToken(next), hashSessionToken(token), randomBytes(32)],
      );
      asked = ask();
      await sleep(300);
      await tx.query('commit');
    });
    expect((await asked)?.status).toBe(200);
    return next;
  };

  test('while the password changes is worth nothing afterwards', async () => {
    const service = databases.start();
    const ada = await service.signUp();
    const change = { password: 'another password', current_password: PASSWORD };
    const next = await whileRotating(ada, () => service.post('update-password', change, bearer(ada.access)));
    for (const old of [ada.token, next]) {
      expect((await service.get('profile', bearer(old))).body.code).toBe('unauthenticated');
    }
  });

  test('while it signs out has signed out', async () => {
    const service = databases.start();
    const ada = await service.signUp();
    const next = await whileRotating(ada, () => service.post('signout', {}, bearer(ada.token)));
    for (const old of [ada.token, next]) {
      expect((await service.get('profile', bearer(old))).body.code).toBe('session_ended');
    }
    expect(await sessionsAtSupabase(ada.id)).toBe(0);
  });
});

describe('an account that is deleted while somebody signs in', () => {
  test('before our session is opened is a session that has ended', async () => {
    const service = databases.start();
    const { email } = await service.signUp();
    afterSignIn(service, (userId) => admin.query('select private.delete_account($1)', [userId]));
    const answer = await service.post('signin', { email, password: PASSWORD });
    expect([answer.status, answer.body.code]).toEqual([401, 'session_ended']);
    expect(answer.cookies).toEqual([]);
  });

  test('at the same moment, too', async () => {
    const service = databases.start();
    const { email } = await service.signUp();
    let deleted: Promise<void> | undefined;
    afterSignIn(service, async (userId) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      deleted = admin.withConnection(async (tx) => {
        await tx.query('begin');
        await tx.query('select private.delete_account($1)', [userId]);
        resolve();
        await sleep(300);
        await tx.query('commit');
      });
      await promise;
    });
    const answer = await service.post('signin', { email, password: PASSWORD });
    expect([answer.status, answer.body.code]).toEqual([401, 'session_ended']);
    await deleted;
  });

  test('many times over: no deadlock, nothing left', async () => {
    const service = databases.start();
    for (let round = 0; round < 8; round += 1) {
      const { id, email, access } = await service.signUp();
      const { promise: gate, resolve: go } = Promise.withResolvers<void>();
      let waiting = 0;
      afterSignIn(service, async () => {
        waiting += 1;
        await gate;
      });
      const entering = Array.from({ length: 3 }, () => service.post('signin', { email, password: PASSWORD }));
      while (waiting < 3) await sleep(5);
      const deleting = service.remove('account', bearer(access), {});
      go();
      for (const { status } of await Promise.all(entering)) expect([200, 401]).toContain(status);
      expect((await deleting).status).toBe(200);
      expect(await sessionsAtSupabase(id)).toBe(0);
    }
    expect(service.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
