import { randomBytes } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import { DEVICE_COOKIE } from '#shared/limits/account-keys';
import type { ApiAnswer } from '../support/api-event';
import {
  type AuthTest,
  type AuthTestDatabase,
  newEmail,
  openAuthTest,
  PASSWORD,
} from '../support/auth-service';

/** In the whole: GUESSES=10000 ADDRESSES=1000 npx jest test/flow/guessing */
const GUESSES = Number(process.env.GUESSES ?? 400);
const ADDRESSES = Number(process.env.ADDRESSES ?? 100);
const QUARTER_MS = 15 * 60_000;

let accounts: AuthTestDatabase;
let auth: AuthTest;
/** Passwords that reached the identity provider, by address. */
let evaluated: Map<string, string[]>;

beforeAll(async () => {
  accounts = await openAuthTest();
});
beforeEach(async () => {
  await accounts.admin.query('truncate private.rate_limits');
  auth = accounts.start({ limitFactor: 1 });
  evaluated = new Map();
  const { identity } = auth;
  const { signIn } = identity;
  Object.assign(identity, {
    signIn: (asked: { readonly email: string; readonly password: string }) => {
      evaluated.set(asked.email, [...(evaluated.get(asked.email) ?? []), asked.password]);
      return signIn(asked);
    },
  });
});
afterAll(() => accounts.close());

const knock = (email: string, password: string, sourceIp: string, cookie?: string): Promise<ApiAnswer> =>
  auth.send({
    path: '/api/auth/signin',
    body: { email, password },
    sourceIp,
    headers: cookie === undefined ? {} : { Cookie: cookie },
  });

const deviceOf = ({ cookies }: ApiAnswer): string =>
  cookies.find((cookie) => cookie.startsWith(DEVICE_COOKIE))?.split(';')[0] ?? '';

/** An account whose owner has signed in from a browser once. */
const ownAccount = async () => {
  const { email } = await auth.signUp();
  const entered = await knock(email, PASSWORD, '192.0.2.10');
  expect(entered.status).toBe(200);
  evaluated.clear();
  return { email, device: deviceOf(entered) };
};

const addressOf = (n: number): string => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

/** Guesses from so many addresses, sixteen at a time; answers how many were evaluated. */
const guess = async (email: string, times: number, addresses: number): Promise<Map<number, number>> => {
  const statuses = new Map<number, number>();
  for (let done = 0; done < times; done += 16) {
    const batch = Array.from({ length: Math.min(16, times - done) }, (_, index) =>
      knock(email, `guess ${done + index}`, addressOf((done + index) % addresses)),
    );
    for (const { status } of await Promise.all(batch)) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  return statuses;
};

describe.each([
  ['one address', 1],
  [`${ADDRESSES} addresses`, ADDRESSES],
])(`${GUESSES} guesses from %s`, (_, addresses) => {
  it('try ten passwords, and keep the owner out of nothing', async () => {
    const { email, device } = await ownAccount();
    const statuses = await guess(email, GUESSES, addresses);
    expect(evaluated.get(email)).toHaveLength(10);
    expect(statuses).toEqual(
      new Map([
        [401, 10],
        [429, GUESSES - 10],
      ]),
    );
    // From wherever the owner's browser is by now; the guessing goes on.
    for (let visit = 0; visit < 5; visit += 1) {
      expect((await knock(email, PASSWORD, `198.51.100.${visit}`, device)).status).toBe(200);
      await guess(email, 16, addresses);
    }
    expect(evaluated.get(email)?.filter((password) => password.startsWith('guess'))).toHaveLength(10);
  });

  it('look alike where there is no such account', async () => {
    const { email } = await ownAccount();
    const absent = newEmail();
    expect(await guess(absent, 48, addresses)).toEqual(await guess(email, 48, Math.max(addresses, 2)));
  });
});

it('ten more may be tried when a quarter of an hour has passed since the first, and never eleven within one', async () => {
  const { email } = await ownAccount();
  const times: number[] = [];
  let now = 0;
  // A guess a minute for two hours, and bursts.
  for (let minute = 0; minute < 120; minute += 1) {
    const before = evaluated.get(email)?.length ?? 0;
    for (let burst = 0; burst < (minute % 7 === 0 ? 5 : 1); burst += 1) {
      await knock(email, 'wrong', addressOf(minute * 8 + burst));
    }
    const tried = (evaluated.get(email)?.length ?? 0) - before;
    for (let one = 0; one < tried; one += 1) times.push(now);
    auth.advance(60_000);
    now += 60_000;
  }
  const fullest = Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + QUARTER_MS).length),
  );
  expect(fullest).toBe(10);
  expect(times.length).toBeGreaterThanOrEqual(60);
});

it('an owner who signs in often, from browsers that keep no cookie, is not counted', async () => {
  const { email } = await ownAccount();
  for (let time = 0; time < 30; time += 1) {
    expect((await knock(email, PASSWORD, addressOf(time))).status).toBe(200);
  }
});

it.each(['identity_unavailable', 'rate_limited'] as const)(
  'tries that nobody judged (%s) are none: an outage locks nobody out, and opens no door',
  async (code) => {
    const { email } = await ownAccount();
    const { identity } = auth;
    const { signIn } = identity;
    const fail = async () => {
      throw new AppError(code);
    };
    Object.assign(identity, { signIn: fail });
    for (let time = 0; time < 15; time += 1)
      expect((await knock(email, PASSWORD, addressOf(time))).body.code).toBe(code);
    Object.assign(identity, { signIn });
    expect((await knock(email, PASSWORD, addressOf(15))).status).toBe(200);
    evaluated.clear();
    expect(await guess(email, 32, 32)).toEqual(
      new Map([
        [401, 10],
        [429, 22],
      ]),
    );
  },
);

describe('a known device', () => {
  it('has ten tries of its own: a stolen cookie does not open the door wider than that', async () => {
    const { email, device } = await ownAccount();
    for (let time = 0; time < 40; time += 1) await knock(email, `guess ${time}`, addressOf(time), device);
    expect(evaluated.get(email)).toHaveLength(10);
  });

  it('is known for its owner alone, and cannot be made up', async () => {
    const { email } = await ownAccount();
    const other = await ownAccount();
    const forged = (parts: number) =>
      `${DEVICE_COOKIE}=${Array.from({ length: parts }, () => randomBytes(16).toString('base64url')).join('.')}`;
    const [name = '', value = ''] = other.device.split('=');
    const [device = '', mark = ''] = value.split('.');
    const cookies = [
      other.device,
      forged(2),
      forged(6),
      `${name}=${device}.${device}`,
      `${name}=${mark}.${mark}`,
      `${name}=${device}`,
      `${name}=`,
      `${name}=${device}.${mark}.${mark}.${mark}.${mark}.${mark}.${mark}`,
      `${name}=../..`,
    ];
    for (const [index, cookie] of cookies.entries()) {
      for (let time = 0; time < 5; time += 1) await knock(email, `guess ${time}`, addressOf(index), cookie);
    }
    expect(evaluated.get(email)).toHaveLength(10);
  });

  it('is one for several accounts, the last five', async () => {
    const owners = [];
    let device = '';
    for (let n = 0; n < 6; n += 1) {
      const { email } = await auth.signUp();
      device = deviceOf(await knock(email, PASSWORD, '192.0.2.11', device));
      owners.push(email);
    }
    expect(device.split('=')[1]?.split('.')).toHaveLength(6);
    for (const email of owners) await guess(email, 16, 16);
    const statuses = [];
    for (const email of owners) statuses.push((await knock(email, PASSWORD, '192.0.2.12', device)).status);
    expect(statuses).toEqual([429, 200, 200, 200, 200, 200]);
  });

  it('is remembered by an HttpOnly cookie of this host alone, which names no address', async () => {
    const { email } = await auth.signUp();
    const { cookies } = await knock(email, PASSWORD, '192.0.2.10');
    const cookie = cookies.find((one) => one.startsWith('__Host-tandem_device=')) ?? '';
    expect(cookie).toMatch(
      /^__Host-tandem_device=[\w-]{22}\.[\w-]{22}; Max-Age=15552000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });
});

it('recovery mails for an account are five an hour, whoever asks', async () => {
  const { email } = await ownAccount();
  let sent = 0;
  const { identity } = auth;
  const { sendRecovery } = identity;
  Object.assign(identity, {
    sendRecovery: (...asked: Parameters<typeof sendRecovery>) => {
      sent += 1;
      return sendRecovery(...asked);
    },
  });
  for (let time = 0; time < 40; time += 1) {
    await auth.send({ path: '/api/auth/reset-password', body: { email }, sourceIp: addressOf(time) });
  }
  expect(sent).toBe(5);
});

it('sign-ups of strangers keep nobody from signing up, and bring five more mails an hour', async () => {
  auth = accounts.start({ limitFactor: 1, confirmEmails: true });
  const email = newEmail();
  let sent = 0;
  const { identity } = auth;
  const { sendRecovery } = identity;
  Object.assign(identity, {
    sendRecovery: (...asked: Parameters<typeof sendRecovery>) => {
      sent += 1;
      return sendRecovery(...asked);
    },
  });
  const signUp = (password: string, sourceIp: string) =>
    auth.send({ path: '/api/auth/signup', body: { email, password }, sourceIp });
  for (let time = 0; time < 40; time += 1) await signUp('the password of a stranger', addressOf(time));
  expect(sent).toBe(5);

  const own = await signUp(PASSWORD, '198.51.100.7');
  expect([own.status, sent]).toEqual([201, 5]);
  const proof = { email, token: identity.mailed.get(email), type: 'recovery' };
  expect((await auth.post('verify', proof)).body.user).toMatchObject({ email });
});
