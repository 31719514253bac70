import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import { AppError } from '#shared/errors/app-error';
import { httpHandler } from '#shared/http/http-handler';
import { DECOY_EMAIL } from '../../services/auth/domain/mail-order';
import { wireService } from '../../services/auth/wire-service';
import { type ApiAnswer, call } from '../support/api-event';
import {
  type AuthTestDatabase,
  bearer,
  newEmail,
  openAuthTest,
  PASSWORD,
  SITE,
} from '../support/auth-service';
import { type FakeIdentity, LEAKED_PASSWORD, makeFakeIdentity } from '../support/fake-identity';
import { makeKeptLog } from '../support/kept-log';
import { makeTestMails } from '../support/test-mails';
import { wideLimits, withoutCounts } from '../support/wide-limits';

/** That no route tells what account an address has: the mechanism. `npm run timing` measures the time itself. */
const CLASSES = ['existing', 'absent', 'unconfirmed', 'banned'] as const;

let databases: AuthTestDatabase;
let database: Database;

beforeAll(async () => {
  databases = await openAuthTest();
  database = databases.as('tandem_auth');
});
afterAll(() => databases.close());

/** A service that writes down, in order, what it does: statements, calls of the provider, messages, and waiting. */
const start = async ({ confirmEmails = true, stepMs = 0, providerMs = 0 } = {}) => {
  const done: string[] = [];
  let clock = Date.now();
  const now = () => clock;
  const recorded: Database = {
    ...database,
    query: (text, values) => {
      done.push(`sql ${text.trim().split(/\s+/).slice(0, 4).join(' ')}`);
      return database.query(text, values);
    },
  };
  const fake = makeFakeIdentity({ admin: databases.admin, confirmEmails });
  const identity = Object.fromEntries(
    Object.entries(fake).map(([name, value]) => [
      name,
      typeof value !== 'function' || name === 'breakDown'
        ? value
        : (asked: unknown) => {
            const email = typeof asked === 'object' && asked !== null && 'email' in asked ? asked.email : '';
            done.push(`provider ${name} ${email === DECOY_EMAIL ? 'decoy' : ''}`.trim());
            clock += providerMs;
            return (value as (asked: unknown) => unknown)(asked);
          },
    ]),
  ) as unknown as FakeIdentity;
  const mails = makeTestMails(recorded, identity, { now, siteUrl: SITE });
  const verifyAccessToken = async () => null;
  const { log } = makeKeptLog();
  const parts = {
    database: recorded,
    identity,
    verifyAccessToken,
    allowedOrigins: [SITE],
    siteUrl: SITE,
    redirectUrls: [],
    now,
    ...wideLimits(recorded, { now }),
    ...mails.parts,
    refusalStepMs: stepMs,
    sleep: async (ms: number) => {
      done.push(`sleep ${ms}`);
    },
  };
  const handler = httpHandler({ log, service: async () => wireService(parts) });
  const post = async (route: string, body: unknown, headers = {}): Promise<ApiAnswer> => {
    const answer = await call(handler, { path: `/api/auth/${route}`, method: 'POST', body, headers });
    done.push('answer');
    return answer;
  };

  /** An address of each class, with the password of all of them. */
  const people = async () => {
    const emails = { existing: newEmail(), absent: newEmail(), unconfirmed: newEmail(), banned: newEmail() };
    for (const name of CLASSES.filter((one) => one !== 'absent')) {
      await fake.signUp({ email: emails[name], password: PASSWORD, metadata: {} });
      if (name === 'unconfirmed' || !confirmEmails) continue;
      const token = fake.mailed.get(emails[name]) ?? '';
      await fake.verify({ type: 'signup', email: emails[name], token });
    }
    const until = "now() + interval '1 day'";
    await databases.admin.query(`update auth.users set banned_until = ${until} where email = $1`, [
      emails.banned,
    ]);
    fake.mailed.clear();
    return emails;
  };
  return { done, fake, identity, mails, post, people };
};

type Service = Awaited<ReturnType<typeof start>>;

/** What a caller hears, with the address taken out, and what was done until then, for an address of each class. */
const askAll = async (
  service: Service,
  ask: (email: string) => Promise<ApiAnswer>,
): Promise<{ readonly heard: unknown[]; readonly done: string[][] }> => {
  const emails = await service.people();
  const heard: unknown[] = [];
  const done: string[][] = [];
  for (const name of CLASSES) {
    service.done.splice(0);
    const answer = withoutCounts(await ask(emails[name]));
    heard.push(JSON.parse(JSON.stringify(answer).replaceAll(emails[name], '<address>')));
    done.push(service.done.splice(0));
  }
  return { heard, done };
};

const expectAlike = (all: readonly unknown[]): void => {
  for (const one of all) expect(one).toEqual(all[0]);
};

describe.each([
  ['reset-password', {}],
  ['resend', {}],
  ['magic-link', { redirect_to: '/welcome' }],
  ['signup', { password: PASSWORD, name: 'Ada' }],
])('%s', (route, body) => {
  test('answers alike, having done the same, and has done nothing that depends on the account', async () => {
    const service = await start();
    const { heard, done } = await askAll(service, (email) => service.post(route, { email, ...body }));
    expect(heard[0]).toMatchObject({ status: route === 'signup' ? 201 : 200, body: { success: true } });
    expectAlike(heard);
    expectAlike(done);
    const [first = []] = done;
    expect(first.filter((step) => step.startsWith('provider'))).toEqual(
      route === 'signup' ? ['provider confirmsAddresses', 'provider judgePassword'] : [],
    );
    expect(first.filter((step) => step.includes('private.pending_mails'))).toHaveLength(1);
    expect(first.at(-1)).toBe('answer');
    expect(service.mails.queued).toHaveLength(CLASSES.length);
    expect(service.fake.mailed.size).toBe(0);

    const kept = await service.mails.deliver();
    expect(kept).toEqual(CLASSES.map(() => ({ done: true })));
    expect(service.fake.mailed.size).toBeGreaterThan(0);
  });

  test('fails alike where nothing can be promised', async () => {
    const service = await start();
    Object.assign(service.mails.queued, {
      push: () => {
        throw new AppError('queue_unavailable');
      },
    });
    const { heard } = await askAll(service, (email) => service.post(route, { email, ...body }));
    expect(heard[0]).toMatchObject({ status: 503, body: { code: 'queue_unavailable' } });
    expectAlike(heard);
  });
});

describe('sign-in', () => {
  test('is refused alike, after comparing one password, whatever the account', async () => {
    const service = await start({ stepMs: 300 });
    const { heard, done } = await askAll(service, (email) =>
      service.post('signin', { email, password: 'guess' }),
    );
    expect(heard[0]).toMatchObject({ status: 401, body: { code: 'credentials_invalid' } });
    expectAlike(heard);
    expectAlike(done.map((steps) => steps.map((step) => step.replace(' decoy', ''))));
    expect(done.map((steps) => steps.find((step) => step.startsWith('provider')))).toEqual([
      'provider signIn',
      ...Array(3).fill('provider signIn decoy'),
    ]);
  });

  test('with the right password is refused to the unconfirmed and the banned as to everybody', async () => {
    const service = await start();
    const emails = await service.people();
    const answers = [];
    for (const email of [emails.absent, emails.unconfirmed, emails.banned]) {
      answers.push(withoutCounts(await service.post('signin', { email, password: PASSWORD })));
    }
    expectAlike(answers);
    expect((await service.post('signin', { email: emails.existing, password: PASSWORD })).status).toBe(200);
  });

  test.each([
    [0, 300],
    [120, 180],
    [300, 0],
    [310, 290],
    [950, 250],
  ])('that took %i ms waits for %i more before it is refused', async (providerMs, waited) => {
    const service = await start({ stepMs: 300, providerMs });
    await service.post('signin', { email: newEmail(), password: 'guess' });
    expect(service.done.slice(-2)).toEqual([`sleep ${waited}`, 'answer']);
  });

  test('does not wait where it succeeds', async () => {
    const service = await start({ stepMs: 300 });
    const { existing } = await service.people();
    const answer = await service.post('signin', { email: existing, password: PASSWORD });
    expect(answer.status).toBe(200);
    expect(service.done.join()).not.toContain('sleep');
  });

  test('the account that stands in compares passwords, and is nobody', async () => {
    const { rows } = await database.query('select private.compares_password($1) as compares', [DECOY_EMAIL]);
    expect(rows).toEqual([{ compares: true }]);
    const { rows: found } = await databases.admin.query(
      `select u.encrypted_password as hash, p.id as profile from auth.users u
       left join public.user_profiles p on p.id = u.id where u.email = $1`,
      [DECOY_EMAIL],
    );
    expect(found).toEqual([{ hash: expect.stringMatching(/^\$2a\$10\$[./A-Za-z0-9]{53}$/), profile: null }]);
  });

  test('an address without a password signs nobody in, whatever the provider says of the account that stands in', async () => {
    const service = await start();
    const { existing, absent } = await service.people();
    const signIn = () => service.fake.signIn({ email: existing, password: PASSWORD });
    Object.assign(service.identity, { signIn });
    expect(await service.post('signin', { email: absent, password: PASSWORD })).toMatchObject({
      status: 401,
    });
    expect(await service.post('signin', { email: existing, password: PASSWORD })).toMatchObject({
      status: 200,
    });
  });
});

test.each(['signup', 'recovery', 'magiclink', 'email', 'invite', 'email_change'])(
  'a guessed code of type %s is refused alike, whatever the account',
  async (type) => {
    const service = await start();
    const { heard, done } = await askAll(service, (email) =>
      service.post('verify', { email, token: '000000', type }),
    );
    expect(heard[0]).toMatchObject({ status: 401, body: { code: 'verification_invalid' } });
    expectAlike(heard);
    expectAlike(done);
  },
);

describe('sign-up', () => {
  const mailsOf = async (service: Service, email: string): Promise<string[]> => {
    await service.post('signup', { email, password: PASSWORD });
    service.done.splice(0);
    await service.mails.deliver();
    return service.done.filter((step) => step.startsWith('provider'));
  };

  test('makes an account, or lets whoever reads the mailbox of one in', async () => {
    const service = await start();
    const emails = await service.people();
    expect(await mailsOf(service, emails.absent)).toEqual(['provider signUp']);
    expect(await mailsOf(service, emails.unconfirmed)).toEqual(['provider sendRecovery']);
    expect(await mailsOf(service, emails.existing)).toEqual(['provider sendMagicLink']);
    expect(await mailsOf(service, emails.banned)).toEqual(['provider sendMagicLink']);
  });

  test('judges the password before it answers, of whoever it is', async () => {
    const service = await start();
    const { heard } = await askAll(service, (email) =>
      service.post('signup', { email, password: LEAKED_PASSWORD }),
    );
    expect(heard[0]).toMatchObject({ status: 422, body: { code: 'password_rejected' } });
    expectAlike(heard);
    expect(service.mails.queued).toEqual([]);
  });

  test('without confirmation says when an address is taken, as its answer is a session', async () => {
    const service = await start({ confirmEmails: false });
    const { existing, absent } = await service.people();
    const taken = await service.post('signup', { email: existing, password: PASSWORD });
    expect([taken.status, taken.body.code]).toEqual([422, 'email_rejected']);
    const fresh = await service.post('signup', { email: absent, password: PASSWORD });
    expect(fresh.body).toMatchObject({ user: { id: expect.any(String), token: expect.any(String) } });
    expect(service.mails.queued).toEqual([]);
  });
});

test('a new address is asked behind the answer, alike whether it is taken or not', async () => {
  const service = await start({ confirmEmails: false });
  const asker = await service.post('signup', { email: newEmail(), password: PASSWORD });
  const { heard, done } = await askAll(service, (email) =>
    service.post('email', { email, current_password: PASSWORD }, bearer(asker.body.user.token)),
  );
  expect(heard[0]).toMatchObject({ status: 200, body: { success: true } });
  expectAlike(heard);
  expectAlike(done);
  expect(done[0]?.filter((step) => step.startsWith('provider'))).toEqual(['provider signIn']);
  expect(await service.mails.deliver()).toHaveLength(CLASSES.length);
  expect([...service.fake.mailed.keys()]).toHaveLength(1);
});

test('no address or password lies open in the row that waits', async () => {
  const service = await start();
  const email = `canary-${randomUUID()}@example.test`;
  await service.post('signup', { email, password: 'canary password', data: { note: 'canary' } });
  await service.post('reset-password', { email });
  const { rows } = await databases.admin.query<{ row: string }>(
    `select encode(sealed, 'escape') || encode(sealed, 'hex') as row from private.pending_mails`,
  );
  expect(rows.length).toBeGreaterThanOrEqual(2);
  expect(JSON.stringify(rows)).not.toMatch(/canary|63616e617279/);
  expect(JSON.stringify(service.mails.queued)).not.toContain('canary');
});
