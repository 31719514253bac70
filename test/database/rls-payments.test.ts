import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import type { Queryable } from '#shared/database/queryable';
import { insertPayment, insertUser } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

/**
 * Every caller × table × operation. Two payments stand in the table, one of them the owner's; six prices, one of them not
 * active. Numbers are rows seen or changed; `denied` is SQLSTATE 42501, from grants or from a policy's check.
 */
type Verdict = number | 'denied';
type Operation = 'select' | 'insert' | 'update' | 'delete';

const callers = {
  anon: { role: 'anon', claims: {} },
  owner: { role: 'authenticated', claims: { sub: 'owner' } },
  stranger: { role: 'authenticated', claims: { sub: 'stranger' } },
  'token without a subject': { role: 'authenticated', claims: {} },
  service_role: { role: 'service_role', claims: {} },
  tandem_auth: { role: 'tandem_auth', claims: {} },
  tandem_payment: { role: 'tandem_payment', claims: {} },
  tandem_reconcile: { role: 'tandem_reconcile', claims: {} },
  tandem_health: { role: 'tandem_health', claims: {} },
} as const;

type Caller = keyof typeof callers;

const statements: Readonly<Record<string, Readonly<Record<Operation, string>>>> = {
  'public.prices': {
    select: 'select id from public.prices',
    insert: `insert into public.prices (id, name, currency, amount_minor) values ('mine', 'Mine', 'USD', 1)`,
    update: 'update public.prices set amount_minor = 1 where amount_minor is not null',
    delete: 'delete from public.prices',
  },
  'public.payments': {
    select: 'select id from public.payments',
    insert: `insert into public.payments (id, user_id, provider, price_id, currency, amount_minor)
             values (gen_random_uuid(), '$owner', 'stripe', 'pro', 'USD', 1)`,
    update: 'update public.payments set last_error_code = null',
    delete: 'delete from public.payments',
  },
};

const expected: Readonly<Record<string, Partial<Record<Caller, Partial<Record<Operation, Verdict>>>>>> = {
  'public.prices': {
    anon: { select: 5 },
    owner: { select: 5 },
    stranger: { select: 5 },
    'token without a subject': { select: 5 },
    tandem_payment: { select: 6 },
  },
  'public.payments': {
    owner: { select: 1 },
    stranger: { select: 0 },
    'token without a subject': { select: 0 },
    tandem_payment: { select: 2, insert: 1, update: 2 },
    tandem_reconcile: { select: 2, update: 2 },
  },
};

let databases: PaymentDatabase;
const pools = new Map<string, Database>();
const ids: Record<string, string> = { stranger: randomUUID() };

beforeAll(async () => {
  databases = await openPaymentDatabase();
  ids.owner = await insertUser(databases.admin);
  await insertPayment(databases.admin, { userId: ids.owner });
  await insertPayment(databases.admin);
  await databases.admin.query(
    `insert into public.prices (id, name, currency, amount_minor, active) values
       ('shown', 'Shown', 'USD', 1, true), ('hidden', 'Hidden', 'USD', 1, false)`,
  );
});
afterAll(() => databases.close());

class Undo extends Error {}

/** Runs a statement as that caller in a transaction that is undone. */
const attempt = async (caller: Caller, text: string): Promise<Verdict> => {
  const { role, claims } = callers[caller];
  const login = role.startsWith('tandem_') ? role : 'authenticator';
  const pool = pools.get(login) ?? databases.as(login, 1);
  pools.set(login, pool);
  const sub = 'sub' in claims ? ids[claims.sub] : undefined;
  let verdict: Verdict = 'denied';
  const work = async (tx: Queryable): Promise<never> => {
    await tx.query('begin');
    if (login === 'authenticator') await tx.query(`set local role ${role}`);
    await tx.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify({ sub, role })]);
    verdict = (await tx.query(text.replaceAll('$owner', ids.owner ?? ''))).rowCount ?? Number.NaN;
    throw new Undo();
  };
  await pool.withConnection(work).catch((error: { cause?: { code?: string } }) => {
    const isUndone = error.cause instanceof Undo || error.cause?.code === '42501';
    if (!isUndone) throw error;
  });
  return verdict;
};

describe.each(Object.keys(statements))('%s', (table) => {
  const cells = Object.entries(statements[table] ?? {}).flatMap(([operation, text]) =>
    (Object.keys(callers) as Caller[]).map((caller) => ({
      caller,
      operation,
      text,
      verdict: expected[table]?.[caller]?.[operation as Operation] ?? 'denied',
    })),
  );

  it.each(cells)('$operation by $caller: $verdict', async ({ caller, text, verdict }) => {
    expect(await attempt(caller, text)).toBe(verdict);
  });
});

it.each([
  [`select from public.payments where user_id <> '$owner'`, 0],
  [`select from public.payments where user_id is distinct from '$owner'`, 0],
  ['select from public.payments where true or user_id is null', 1],
  ['select from public.payments p where exists (select from public.payments q where q.id <> p.id)', 0],
  ['select from public.payments a full join public.payments b on a.id <> b.id where a.id is not null', 1],
])('shows the owner the own payment alone, however the question is put: %s', async (text, rows) => {
  expect(await attempt('owner', text)).toBe(rows);
});

it('keeps everything private from the Data API', async () => {
  const { rows } = await databases.admin.query<{ name: string }>(
    `select 'private.' || relname as name from pg_class
     where relnamespace = 'private'::regnamespace and relkind in ('r', 'v', 'm', 'p')`,
  );
  expect(rows.length).toBeGreaterThan(8);
  for (const { name } of rows) {
    for (const caller of ['anon', 'owner', 'service_role'] as const) {
      expect([name, caller, await attempt(caller, `select from ${name}`)]).toEqual([name, caller, 'denied']);
    }
  }
});

it.each(['tandem_auth', 'tandem_payment', 'tandem_reconcile', 'tandem_health'] as const)(
  '%s cannot become another role',
  async (caller) => {
    for (const role of [
      'authenticated',
      'service_role',
      'postgres',
      'tandem_payment',
      'supabase_auth_admin',
    ]) {
      if (role !== caller)
        expect([role, await attempt(caller, `set local role ${role}`)]).toEqual([role, 'denied']);
    }
  },
);
