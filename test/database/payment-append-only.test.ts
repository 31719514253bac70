import type { Queryable } from '#shared/database/queryable';
import { insertPayment } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

let databases: PaymentDatabase;

beforeAll(async () => {
  databases = await openPaymentDatabase();
  const { id } = await insertPayment(databases.admin);
  await databases.admin.query(
    `with fact as (
       insert into private.payment_facts values ($1, 'stripe', 'capture', 'ch_1', 'succeeded', 'USD', 1999)
     ), booked as (
       insert into private.ledger_transactions values ('stripe:capture:ch_1:succeeded', $1, 'USD', 'capture')
     ), entries as (
       insert into private.ledger_entries values
         ('stripe:capture:ch_1:succeeded', 'stripe_balance', 'USD', 1999),
         ('stripe:capture:ch_1:succeeded', 'sales', 'USD', -1999)
     ), payout as (
       insert into private.payouts values ('stripe', 'po_1', 'failed', 'USD', 5)
     ), received as (
       insert into private.inbox (provider, event_id, source, event_type, mode, received_at, outcome, payment_id)
       values ('stripe', 'evt_1', 'webhook', 'charge.succeeded', 'test', now(), 'applied', $1)
     )
     update public.payments set captured_minor = 1999, status = 'succeeded' where id = $1`,
    [id],
  );
});
afterAll(() => databases.close());

/** What Postgres says to a statement: its SQLSTATE, or 'done'. */
const tryAs = async (role: string, statement: string): Promise<string> => {
  const db: Queryable = role === 'superuser' ? databases.admin : databases.as(role, 1);
  try {
    await db.query(statement);
    return 'done';
  } catch (error) {
    return (error as { cause?: { code?: string } }).cause?.code ?? String(error);
  }
};

const INSUFFICIENT_PRIVILEGE = '42501';
const INTEGRITY = '23000';

const tables: Readonly<Record<string, string>> = {
  'private.payment_facts': 'amount_minor = amount_minor + 1',
  'private.payouts': 'amount_minor = amount_minor + 1',
  'private.ledger_transactions': `kind = 'fee'`,
  'private.ledger_entries': 'amount_minor = -amount_minor',
  'private.ledger_accounts': `description = ''`,
};

const changes = Object.entries(tables).flatMap(([table, set]) => [
  [table, `update ${table} set ${set}`],
  [table, `delete from ${table}`],
  [table, `truncate ${table} cascade`],
]);

describe('what was booked stays booked', () => {
  it.each(changes)('%s: %s', async (_, statement) => {
    for (const role of [
      'tandem_payment',
      'tandem_reconcile',
      'tandem_auth',
      'tandem_health',
      'authenticator',
    ]) {
      expect([role, await tryAs(role, statement)]).toEqual([role, INSUFFICIENT_PRIVILEGE]);
    }
    // Neither the owner of the tables nor a superuser can do it by mistake.
    expect(await tryAs('postgres', statement)).toBe(INTEGRITY);
    expect(await tryAs('superuser', statement)).toBe(INTEGRITY);
  });
});

describe('what was received stays received', () => {
  it.each(['delete from private.inbox', 'truncate private.inbox'])('%s', async (statement) => {
    expect(await tryAs('tandem_reconcile', statement)).toBe(INSUFFICIENT_PRIVILEGE);
    expect(await tryAs('postgres', statement)).toBe(INTEGRITY);
  });

  it.each(['body', 'event_id', 'sha256', 'received_at', 'mode', 'source'])(
    'no function rewrites %s',
    async (column) => {
      const statement = `update private.inbox set ${column} = ${column}`;
      expect(await tryAs('tandem_reconcile', statement)).toBe(INSUFFICIENT_PRIVILEGE);
      expect(await tryAs('tandem_payment', statement)).toBe(INSUFFICIENT_PRIVILEGE);
    },
  );
});

describe('payments', () => {
  it('cannot be removed while anything was booked for them', async () => {
    expect(await tryAs('postgres', 'delete from public.payments')).toBe('23503');
    expect(await tryAs('postgres', 'truncate public.payments cascade')).toBe(INTEGRITY);
  });

  it.each(['id', 'user_id', 'amount_minor', 'currency', 'price_id', 'provider', 'created_at', 'description'])(
    'no function changes their %s',
    async (column) => {
      const statement = `update public.payments set ${column} = ${column}`;
      expect(await tryAs('tandem_reconcile', statement)).toBe(INSUFFICIENT_PRIVILEGE);
      expect(await tryAs('tandem_payment', statement)).toBe(INSUFFICIENT_PRIVILEGE);
    },
  );
});

it('guards nothing else: a removed trigger would show here', async () => {
  const { rows } = await databases.admin.query<{ name: string }>(
    `select c.relname || '.' || t.tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
     join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'private' and not t.tgisinternal and t.tgfoid = 'private.refuse_change'::regproc order by 1`,
  );
  expect(rows.map(({ name }) => name)).toEqual([
    'audit_log.audit_log_append_only',
    'audit_log.audit_log_no_truncate',
    'drift.drift_no_delete',
    'drift.drift_no_truncate',
    'inbox.inbox_no_delete',
    'inbox.inbox_no_truncate',
    'ledger_accounts.ledger_accounts_append_only',
    'ledger_accounts.ledger_accounts_no_truncate',
    'ledger_entries.ledger_entries_append_only',
    'ledger_entries.ledger_entries_no_truncate',
    'ledger_transactions.ledger_transactions_append_only',
    'ledger_transactions.ledger_transactions_no_truncate',
    'payment_facts.payment_facts_append_only',
    'payment_facts.payment_facts_no_truncate',
    'payouts.payouts_append_only',
    'payouts.payouts_no_truncate',
    'provider_movements.provider_movements_no_delete',
    'provider_movements.provider_movements_no_truncate',
  ]);
});
