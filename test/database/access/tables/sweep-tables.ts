import type { RoleAccess, TableAccess } from '../declaration';
import { BOTH, ORPHAN_PAYMENT } from '../people';

const OWN_PLAN: RoleAccess = { select: '*', insert: '*', update: '*' };

const FOLLOWS_STATEMENT: RoleAccess = {
  select: '*',
  insert: '*',
  update:
    'or_key amount_minor currency settled_currency is_pending provider_ref claimed_payment_id parent_id moved_at last_listed_at',
};

const FOLLOWS_DRIFT: RoleAccess = {
  select: '*',
  insert: '*',
  update: 'payment_id provider_ref ours theirs cause last_seen resolved_at',
};

const MOVEMENT = {
  key: `'new'`,
  provider: `'stripe'`,
  books: `'capture'`,
  object_id: `'ch_1'`,
  line_id: `'txn_1'`,
  amount_minor: '1',
  currency: `'USD'`,
  settled_currency: `'USD'`,
  is_pending: 'false',
  moved_at: 'now()',
};

const DIFFERENCE = {
  provider: `'stripe'`,
  key: `'new'`,
  kind: `'capture'`,
  object_id: `'ch_1'`,
  difference: `'missing_here'`,
  field: `'movement'`,
  theirs: `'1 USD'`,
  cause: `'unknown'`,
  day: 'current_date',
  first_seen: 'now()',
  last_seen: 'now()',
};

const TOTAL = {
  provider: `'stripe'`,
  day: 'current_date',
  currency: `'USD'`,
  kind: `'new'`,
  ours_minor: '1',
  theirs_minor: '1',
  ours_count: '1',
  theirs_count: '1',
  compared_at: 'now()',
};

const columnsOf = (values: object): string => Object.keys(values).join(', ');
const valuesOf = (values: object): string => Object.values(values).join(', ');

/** What the sweep plans, reads and compares. */
export const sweepTables: readonly TableAccess[] = [
  {
    name: 'private.payment_sweeps',
    whose: 'payment_id',
    rows: `insert into private.payment_sweeps (payment_id, next_at) select payment, now() from ${BOTH}`,
    inserts: { planned: { payment_id: `'${ORPHAN_PAYMENT}'`, next_at: 'now()' } },
    updates: { touch: { attempts: '2' } },
    may: { tandem_reconcile: OWN_PLAN },
  },
  {
    name: 'private.provider_pauses',
    whose: 'provider',
    rows: `insert into private.provider_pauses (provider, until) values ('stripe', now())`,
    inserts: { noted: { provider: `'paypal'`, until: 'now()' } },
    updates: { touch: { until: 'now()' } },
    may: { tandem_reconcile: OWN_PLAN },
  },
  {
    name: 'private.provider_cursors',
    whose: 'provider',
    rows: `insert into private.provider_cursors (provider, list, read_until) values ('stripe', 'events', now())`,
    inserts: { set: { provider: `'paypal'`, list: `'events'`, read_until: 'now()' } },
    updates: { touch: { version: '2' } },
    may: { tandem_reconcile: OWN_PLAN },
  },
  {
    name: 'private.provider_movements',
    whose: 'key',
    rows: `insert into private.provider_movements (${columnsOf(MOVEMENT)})
           select name, ${valuesOf(MOVEMENT).replace(`'new', `, '')} from ${BOTH}`,
    inserts: { listed: MOVEMENT },
    updates: { touch: { last_listed_at: 'now()' }, rebook: { books: `'refund'` } },
    may: { tandem_payment: FOLLOWS_STATEMENT, tandem_reconcile: FOLLOWS_STATEMENT },
  },
  {
    name: 'private.drift',
    whose: 'payment_id',
    rows: `insert into private.drift (payment_id, ${columnsOf(DIFFERENCE)})
           select payment, ${valuesOf(DIFFERENCE).replace(`'new'`, 'name')} from ${BOTH}`,
    inserts: { reported: DIFFERENCE },
    updates: { touch: { last_seen: 'now()' }, reopen: { difference: `'missing_there'` } },
    may: { tandem_payment: FOLLOWS_DRIFT, tandem_reconcile: FOLLOWS_DRIFT },
  },
  {
    name: 'private.daily_totals',
    whose: 'kind',
    rows: `insert into private.daily_totals (${columnsOf(TOTAL)}) values (${valuesOf(TOTAL).replace(`'new'`, `'ours'`)})`,
    inserts: { added: TOTAL },
    updates: { touch: { compared_at: 'now()' } },
    may: { tandem_payment: { select: '*' }, tandem_reconcile: OWN_PLAN },
  },
];
