import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import { AppError } from '#shared/errors/app-error';
import type { ErrorCode } from '#shared/errors/error-codes';
import { makeSeal } from '../../services/auth/providers/seal-order';
import { keepPromises } from '../../services/auth/use-cases/keep-promises';
import { makeOrderMail } from '../../services/auth/use-cases/order-mail';
import { type AuthTestDatabase, newEmail, openAuthTest } from '../support/auth-service';
import { insertUser } from '../support/payment-rows';
import { TEST_ACCOUNT_KEY } from '../support/wide-limits';

/** The mail function on real Postgres, with a provider that writes down what it is asked. */
let databases: AuthTestDatabase;
let database: Database;

beforeAll(async () => {
  databases = await openAuthTest();
  database = databases.as('tandem_auth');
});
beforeEach(() => databases.admin.query('truncate private.pending_mails'));
afterAll(() => databases.close());

const HOUR = 60 * 60_000;

const start = () => {
  const seal = makeSeal([TEST_ACCOUNT_KEY]);
  const ids: string[] = [];
  const asked: string[] = [];
  const givenUp: string[] = [];
  let fails: ErrorCode | null = null;
  let gate: Promise<void> = Promise.resolve();
  let shift = 0;
  let mailsLeft = true;
  const now = () => Date.now() + shift;
  const note = (what: string) => async (): Promise<never> => {
    asked.push(what);
    await gate;
    if (fails !== null) throw new AppError(fails);
    return undefined as never;
  };
  const deps = {
    database,
    identity: {
      signUp: note('signUp'),
      sendRecovery: note('sendRecovery'),
      resendConfirmation: note('resendConfirmation'),
      sendMagicLink: note('sendMagicLink'),
      changeEmail: note('changeEmail'),
    },
    open: async (sealed: Buffer, id: string) => seal.open(sealed, id),
    siteUrl: 'https://app.example.test',
    now,
    countSignUpMail: async () => mailsLeft,
    onGivenUp: (why: string) => givenUp.push(why),
  };
  const send = async ({ id }: { readonly id: string }) => {
    ids.push(id);
  };
  return {
    asked,
    givenUp,
    ids,
    order: makeOrderMail({ database, seal: seal.seal, send, now, makeId: randomUUID }),
    failWith: (code: ErrorCode | null) => {
      fails = code;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    noMoreMails: () => {
      mailsLeft = false;
    },
    advance: (ms: number) => {
      shift += ms;
    },
    deliver: async (bodies: readonly string[] = ids.map((id) => JSON.stringify({ version: 1, id }))) => {
      const batch = bodies.map((body, at) => ({ messageId: String(at), body }));
      return [...(await keepPromises(deps, batch)).values()].map(({ done }) => done);
    },
  };
};

const rowsLeft = async (): Promise<number> => {
  const { rows } = await databases.admin.query<{ n: number }>(
    'select count(*)::int as n from private.pending_mails',
  );
  return rows[0]?.n ?? 0;
};

test('what was promised is done once, and its row goes', async () => {
  const mail = start();
  await mail.order({ kind: 'recovery', email: newEmail() });
  await mail.order({ kind: 'confirmation', email: newEmail() });
  await mail.order({ kind: 'magic_link', email: newEmail(), redirectTo: 'https://app.example.test/' });
  expect(await mail.deliver()).toEqual([true, true, true]);
  expect(mail.asked.sort()).toEqual(['resendConfirmation', 'sendMagicLink', 'sendRecovery']);
  expect(await rowsLeft()).toBe(0);
});

test('a message that comes again, alone or beside its double, does nothing more', async () => {
  const mail = start();
  await mail.order({ kind: 'recovery', email: newEmail() });
  const [id] = mail.ids;
  const body = JSON.stringify({ version: 1, id });
  expect(await mail.deliver([body, body])).toEqual([true, true]);
  expect(await mail.deliver([body])).toEqual([true]);
  expect(mail.asked).toHaveLength(1);
});

test('of two processes at once, one works and the other comes back', async () => {
  const mail = start();
  await mail.order({ kind: 'recovery', email: newEmail() });
  const release = mail.hold();
  const first = mail.deliver();
  while (mail.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await mail.deliver()).toEqual([false]);
  release();
  expect(await first).toEqual([true]);
  expect(await mail.deliver()).toEqual([true]);
  expect(mail.asked).toHaveLength(1);
});

test('what a dead process had claimed is free after a minute', async () => {
  const mail = start();
  await mail.order({ kind: 'recovery', email: newEmail() });
  await databases.admin.query(
    "update private.pending_mails set claimed_until = now() + interval '60 seconds'",
  );
  expect(await mail.deliver()).toEqual([false]);
  mail.advance(61_000);
  expect(await mail.deliver()).toEqual([true]);
  expect(mail.asked).toHaveLength(1);
});

test.each(['identity_unavailable', 'rate_limited', 'database_unavailable'] as const)(
  'after %s the message comes back, and alone: its neighbours are done',
  async (code) => {
    const mail = start();
    await mail.order({ kind: 'recovery', email: newEmail() });
    mail.failWith(code);
    expect(await mail.deliver()).toEqual([false]);
    expect(await rowsLeft()).toBe(1);
    mail.failWith(null);
    mail.advance(61_000);
    expect(
      await mail.deliver([...mail.ids.map((id) => JSON.stringify({ version: 1, id })), 'nonsense']),
    ).toEqual([true, false]);
    expect(mail.asked).toHaveLength(2);
    expect(mail.givenUp).toEqual([]);
  },
);

test.each(['password_rejected', 'email_rejected', 'session_ended'] as const)(
  '%s is the last word: given up, said in the log, and not tried again',
  async (code) => {
    const mail = start();
    await mail.order({ kind: 'sign_up', email: newEmail(), password: 'some password', metadata: {} });
    mail.failWith(code);
    expect(await mail.deliver()).toEqual([true]);
    expect(mail.givenUp).toEqual([code]);
    expect(await rowsLeft()).toBe(0);
  },
);

describe('signing up with an address that waits for its confirmation', () => {
  const waiting = async () => {
    const email = newEmail();
    const id = await insertUser(databases.admin);
    await databases.admin.query(
      "update auth.users set email = $2, encrypted_password = 'a hash' where id = $1",
      [id, email],
    );
    const hasPassword = async () =>
      (await databases.admin.query("select from auth.users where id = $1 and encrypted_password <> ''", [id]))
        .rows.length === 1;
    const order = { kind: 'sign_up', email, password: 'some password', metadata: {} } as const;
    return { id, order, hasPassword };
  };

  test('voids the password and has another chosen', async () => {
    const mail = start();
    const { order, hasPassword } = await waiting();
    await mail.order(order);
    expect(await mail.deliver()).toEqual([true]);
    expect([mail.asked, await hasPassword()]).toEqual([['sendRecovery'], false]);
  });

  test('leaves it where a first try of the same order may have made the account', async () => {
    const mail = start();
    const { order, hasPassword } = await waiting();
    await mail.order(order);
    await databases.admin.query("update private.pending_mails set claimed_until = now() - interval '1 s'");
    expect(await mail.deliver()).toEqual([true]);
    expect([mail.asked, await hasPassword()]).toEqual([['sendRecovery'], true]);
  });

  test('sends nothing more when there were mails enough, and voids the password all the same', async () => {
    const mail = start();
    mail.noMoreMails();
    const { order, hasPassword } = await waiting();
    await mail.order(order);
    expect(await mail.deliver()).toEqual([true]);
    expect([mail.asked, await hasPassword()]).toEqual([[], false]);
  });

  test('changes nothing once it is confirmed', async () => {
    const mail = start();
    const { id, order, hasPassword } = await waiting();
    await databases.admin.query('update auth.users set email_confirmed_at = now() where id = $1', [id]);
    await mail.order(order);
    await mail.order({ kind: 'magic_link', email: order.email, redirectTo: 'https://app.example.test/' });
    await mail.deliver();
    expect([mail.asked, await hasPassword()]).toEqual([['sendMagicLink', 'sendMagicLink'], true]);
  });
});

test('nobody gets a mail later than an hour, and forgotten rows go with the next batch', async () => {
  const mail = start();
  await mail.order({ kind: 'recovery', email: newEmail() });
  await mail.order({ kind: 'recovery', email: newEmail() });
  const [late = ''] = mail.ids.splice(1);
  mail.advance(HOUR + 1);
  expect(await mail.deliver()).toEqual([true]);
  expect([mail.asked, mail.givenUp]).toEqual([[], ['expired']]);
  expect(await rowsLeft()).toBe(0);
  expect(await mail.deliver([JSON.stringify({ version: 1, id: late })])).toEqual([true]);
});

test('messages that are none of ours fail, and end among the dead letters', async () => {
  const mail = start();
  const bodies = ['', '{}', 'null', '{"version":2,"id":"x"}', '{"version":1,"id":"robert\'); drop"}'];
  expect(await mail.deliver(bodies)).toEqual(bodies.map(() => false));
  expect(mail.asked).toEqual([]);
});

test('what was sealed with a key that is gone comes back until the key is there', async () => {
  const mail = start();
  const other = makeSeal(['another-key-of-at-least-32-characters']);
  const id = randomUUID();
  await databases.admin.query(
    "insert into private.pending_mails (id, sealed, expires_at) values ($1, $2, now() + interval '1 hour')",
    [id, other.seal({ kind: 'recovery', email: 'ada@example.test' }, id)],
  );
  expect(await mail.deliver([JSON.stringify({ version: 1, id })])).toEqual([false]);
  expect(await rowsLeft()).toBe(1);
});

describe('the session that proved the password for a new address', () => {
  const prove = async () => {
    const userId = await insertUser(databases.admin);
    const proofSessionId = randomUUID();
    await databases.admin.query('insert into auth.sessions (id, user_id) values ($1, $2)', [
      proofSessionId,
      userId,
    ]);
    const lives = async () =>
      (await databases.admin.query('select from auth.sessions where id = $1', [proofSessionId])).rows
        .length === 1;
    return { userId, proofSessionId, lives };
  };

  test.each([
    [null, false],
    ['identity_unavailable', true],
    ['session_ended', false],
  ] as const)('after %s lives: %s', async (code, livesOn) => {
    const mail = start();
    const { lives, ...proof } = await prove();
    await mail.order({ kind: 'new_address', email: newEmail(), accessToken: 'a token', ...proof });
    mail.failWith(code);
    await mail.deliver();
    expect(await lives()).toBe(livesOn);
  });
});
