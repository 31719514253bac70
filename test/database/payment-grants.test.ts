import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

/**
 * Every privilege that a role of ours holds on a payment table: what is not listed is refused, what is listed is used by a
 * statement of services/payment/sql. In brackets the columns, where a privilege does not cover all.
 */
const paymentUpdates =
  'provider_ref status captured_minor refunded_minor fee_minor observed_status observed_at observed_rank observed_event last_error_code review_reason version updated_at reversed_minor dispute_status';
const inboxUpdates = 'provider_ref payment_id observation outcome reason attempts processed_at position';
const movementUpdates =
  'or_key amount_minor currency settled_currency is_pending provider_ref claimed_payment_id parent_id moved_at last_listed_at';
const driftUpdates = 'payment_id provider_ref ours theirs cause last_seen resolved_at';
/** Neither the time nor the name of somebody on the command line. */
const auditInserts = 'actor_id actor_role action target before after request_id';
const callUpdates = 'state result_ref error_code attempts attempted_at';

const grants: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  tandem_payment: {
    'public.prices': ['SELECT'],
    'public.payments': ['INSERT', 'SELECT', `UPDATE (${paymentUpdates})`],
    'private.payment_facts': ['INSERT', 'SELECT'],
    'private.payouts': ['INSERT', 'SELECT'],
    'private.ledger_transactions': ['INSERT', 'SELECT'],
    'private.ledger_entries': ['INSERT', 'SELECT'],
    'private.inbox': [
      'INSERT',
      'SELECT (provider event_id source event_type provider_ref payment_id mode account transmission_id sha256 body observation received_at outcome reason attempts processed_at position)',
      `UPDATE (${inboxUpdates})`,
    ],
    'private.provider_calls': ['INSERT', 'SELECT', `UPDATE (${callUpdates})`],
    'private.idempotency_keys': ['INSERT', 'SELECT', 'UPDATE (state response claimed_at)'],
    'private.audit_log': [`INSERT (${auditInserts})`],
    'private.provider_movements': ['INSERT', 'SELECT', `UPDATE (${movementUpdates})`],
    'private.drift': ['INSERT', 'SELECT', `UPDATE (${driftUpdates})`],
    'private.daily_totals': ['SELECT'],
  },
  tandem_reconcile: {
    'public.payments': ['SELECT', `UPDATE (${paymentUpdates})`],
    'private.payment_facts': ['INSERT', 'SELECT'],
    'private.payouts': ['INSERT', 'SELECT'],
    'private.ledger_transactions': ['INSERT', 'SELECT'],
    'private.ledger_entries': ['INSERT', 'SELECT'],
    'private.inbox': ['INSERT', 'SELECT', `UPDATE (${inboxUpdates})`],
    'private.provider_calls': ['INSERT', 'SELECT', `UPDATE (${callUpdates})`],
    'private.payment_sweeps': ['INSERT', 'SELECT', 'UPDATE'],
    'private.idempotency_keys': ['DELETE', 'SELECT (route created_at)'],
    'private.provider_pauses': ['INSERT', 'SELECT', 'UPDATE'],
    'private.provider_cursors': ['INSERT', 'SELECT', 'UPDATE'],
    'private.provider_movements': ['INSERT', 'SELECT', `UPDATE (${movementUpdates})`],
    'private.drift': ['INSERT', 'SELECT', `UPDATE (${driftUpdates})`],
    'private.daily_totals': ['INSERT', 'SELECT', 'UPDATE'],
  },
  tandem_auth: { 'private.audit_log': [`INSERT (${auditInserts})`, 'SELECT'] },
  tandem_health: {},
  anon: { 'public.prices': ['SELECT'] },
  authenticated: { 'public.prices': ['SELECT'], 'public.payments': ['SELECT'] },
  authenticator: {},
};

const TABLES = [
  'public.prices',
  'public.payments',
  'private.payment_facts',
  'private.payouts',
  'private.ledger_accounts',
  'private.ledger_transactions',
  'private.ledger_entries',
  'private.inbox',
  'private.provider_calls',
  'private.payment_sweeps',
  'private.idempotency_keys',
  'private.audit_log',
  'private.provider_pauses',
  'private.provider_cursors',
  'private.provider_movements',
  'private.drift',
  'private.daily_totals',
];

let databases: PaymentDatabase;
beforeAll(async () => {
  databases = await openPaymentDatabase();
});
afterAll(() => databases.close());

/** As Postgres itself judges, memberships and PUBLIC included. */
const held = async (role: string, table: string): Promise<readonly string[]> => {
  const { rows } = await databases.admin.query<{ privilege: string; whole: boolean; columns: string | null }>(
    `select privilege, has_table_privilege($1, $2, privilege) as whole,
       (select string_agg(attname, ' ' order by attnum) from pg_attribute
        where attrelid = $2::regclass and attnum > 0 and not attisdropped
          and privilege in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
          and has_column_privilege($1, $2, attname, case when privilege in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
                                                         then privilege else 'SELECT' end)) as columns
     from unnest(array['DELETE', 'INSERT', 'REFERENCES', 'SELECT', 'TRIGGER', 'TRUNCATE', 'UPDATE']) as privilege`,
    [role, table],
  );
  return rows.flatMap(({ privilege, whole, columns }) => {
    if (whole) return [privilege];
    return columns === null ? [] : [`${privilege} (${columns})`];
  });
};

describe.each(Object.keys(grants))('%s', (role) => {
  it.each(TABLES)('holds on %s what it needs and nothing else', async (table) => {
    expect(await held(role, table)).toEqual(grants[role]?.[table] ?? []);
  });
});

it('knows every payment table', async () => {
  const { rows } = await databases.admin.query<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_schema = 'private'
        or table_schema = 'public' and table_name in ('prices', 'payments')`,
  );
  const others = [
    'private.pending_mails',
    'private.rate_limits',
    'private.roles',
    'private.session_tokens',
    'private.sessions',
  ];
  expect(rows.map(({ name }) => name).sort()).toEqual([...TABLES, ...others].sort());
});

it('lets nobody call the functions behind the triggers, nor make objects of their own', async () => {
  for (const role of Object.keys(grants)) {
    const { rows } = await databases.admin.query(
      `select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname = 'private'
         and p.proname ~ '^(check|due|derive)_|^(fact_rank|refuse_underived)$'
         and has_function_privilege($1, p.oid, 'execute')`,
      [role],
    );
    expect([role, rows]).toEqual([role, []]);
    const { rows: schemas } = await databases.admin.query(
      `select n.nspname from pg_namespace n where n.nspname in ('public', 'private')
         and has_schema_privilege($1, n.oid, 'create')`,
      [role],
    );
    expect([role, schemas]).toEqual([role, []]);
  }
});

it('gives no role of a function the power to pass row-level security or to become another role', async () => {
  const { rows } = await databases.admin.query(
    `select rolname from pg_roles where rolname like 'tandem\\_%'
       and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolinherit
            or exists (select from pg_auth_members m where m.member = pg_roles.oid))`,
  );
  expect(rows).toEqual([]);
});
