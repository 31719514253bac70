import type { TableAccess } from '../declaration';
import { BOTH, HEIR, ORPHAN_PAYMENT, OWNER, OWNERS_PAYMENT } from '../people';

const PAYMENT = {
  id: 'gen_random_uuid()',
  user_id: `'${OWNER}'`,
  provider: `'stripe'`,
  price_id: `'pro'`,
  currency: `'USD'`,
  amount_minor: '1',
};

const STATE =
  'provider_ref status captured_minor refunded_minor fee_minor observed_status observed_at observed_rank observed_event last_error_code review_reason version updated_at reversed_minor dispute_status';

/** What is sold, the payments, and the calls made for them. */
export const saleTables: readonly TableAccess[] = [
  {
    name: 'public.prices',
    whose: `case when active then 'active' else 'hidden' end`,
    rows: `insert into public.prices (id, name, currency, amount_minor, active)
           values ('shown', 'Shown', 'USD', 1, true), ('hidden', 'Hidden', 'USD', 1, false)`,
    inserts: { offered: { id: `'mine'`, name: `'Mine'`, currency: `'USD'`, amount_minor: '1' } },
    updates: { touch: { name: `'Changed'` } },
    may: {
      anon: { select: '*', rows: ['active'] },
      authenticated: { select: '*', rows: ['active'] },
      tandem_payment: { select: '*' },
    },
  },
  {
    name: 'public.payments',
    whose: 'id',
    rows: `insert into public.payments (id, user_id, provider, price_id, currency, amount_minor)
           select payment, id, 'stripe', 'pro', 'USD', 1 from ${BOTH}
           union all values ('${ORPHAN_PAYMENT}'::uuid, null::uuid, 'stripe', 'pro', 'USD', 1)`,
    inserts: {
      opened: PAYMENT,
      'opened for nobody': { ...PAYMENT, user_id: 'null' },
      settled: { ...PAYMENT, status: `'succeeded'` },
      captured: { ...PAYMENT, captured_minor: '1' },
      disputed: { ...PAYMENT, dispute_status: `'won'` },
      reversed: { ...PAYMENT, reversed_minor: '1' },
    },
    updates: {
      touch: { last_error_code: 'null' },
      settle: { status: `'succeeded'` },
      give: { user_id: `'${HEIR}'` },
      reprice: { amount_minor: '1' },
    },
    may: {
      authenticated: { select: '*', rows: 'own' },
      tandem_payment: {
        select: '*',
        insert: '*',
        update: STATE,
        refused: ['insert settled', 'insert captured', 'insert disputed', 'insert reversed'],
      },
      tandem_reconcile: { select: '*', update: STATE },
    },
  },
  {
    name: 'private.provider_calls',
    whose: 'payment_id',
    rows: `insert into private.provider_calls (key, payment_id, provider, operation, request)
           select name, payment, 'stripe', 'create', '{}' from ${BOTH}`,
    inserts: {
      intended: {
        key: `'new'`,
        payment_id: `'${OWNERS_PAYMENT}'`,
        provider: `'stripe'`,
        operation: `'create'`,
        request: `'{}'`,
      },
    },
    updates: { touch: { attempts: '1' }, rewrite: { request: `'{"amount":"1"}'` } },
    may: {
      tandem_payment: {
        select: '*',
        insert: '*',
        update: 'state result_ref error_code attempts attempted_at',
      },
      tandem_reconcile: {
        select: '*',
        insert: '*',
        update: 'state result_ref error_code attempts attempted_at',
      },
    },
  },
  {
    name: 'private.idempotency_keys',
    whose: 'route',
    rows: `insert into private.idempotency_keys (user_id, route, key, request_hash, resource_id)
           select id, name, 'k', 'h', gen_random_uuid() from ${BOTH}`,
    inserts: {
      claimed: {
        user_id: `'${OWNER}'`,
        route: `'new'`,
        key: `'k'`,
        request_hash: `'h'`,
        resource_id: 'gen_random_uuid()',
      },
    },
    updates: { touch: { claimed_at: 'now()' }, rewrite: { request_hash: `'other'` } },
    may: {
      tandem_payment: { select: '*', insert: '*', update: 'state response claimed_at' },
      // Keys of its own route alone, and none of these is.
      tandem_files: {
        select: 'user_id route key request_hash resource_id',
        insert: 'user_id route key request_hash resource_id',
        rows: [],
        refused: ['insert claimed'],
      },
    },
  },
];
