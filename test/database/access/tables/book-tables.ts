import type { RoleAccess, TableAccess } from '../declaration';
import { BOTH, OWNERS_PAYMENT } from '../people';

const BOOKS: RoleAccess = { select: '*', insert: '*' };

const REPORT = {
  provider: `'stripe'`,
  event_id: `'new'`,
  source: `'webhook'`,
  event_type: `'t'`,
  mode: `'test'`,
  received_at: 'now()',
  outcome: `'held'`,
};

const JUDGEMENT = 'provider_ref payment_id observation outcome reason attempts processed_at position';

const WHOLE_REPORT =
  'provider event_id source event_type provider_ref payment_id mode account transmission_id sha256 body observation received_at outcome reason attempts processed_at position';

/** What the providers told us, and what was booked. */
export const bookTables: readonly TableAccess[] = [
  {
    name: 'private.inbox',
    whose: 'event_id',
    rows: `insert into private.inbox (provider, event_id, source, event_type, payment_id, mode, received_at, outcome)
           select 'stripe', name, 'webhook', 't', payment, 'test', now(), 'applied' from ${BOTH}`,
    inserts: { report: REPORT },
    updates: { touch: { attempts: '2' }, forge: { body: `'{}'` } },
    may: {
      tandem_payment: { select: WHOLE_REPORT, insert: '*', update: JUDGEMENT },
      tandem_reconcile: { select: '*', insert: '*', update: JUDGEMENT },
    },
  },
  {
    name: 'private.payment_facts',
    whose: 'payment_id',
    rows: `insert into private.payment_facts (payment_id, provider, kind, object_id, status, currency, amount_minor)
           select payment, 'stripe', 'authorization', name, 'authorized', 'USD', 1 from ${BOTH}`,
    inserts: {
      fact: {
        payment_id: `'${OWNERS_PAYMENT}'`,
        provider: `'stripe'`,
        kind: `'expiry'`,
        object_id: `'new'`,
        status: `'expired'`,
        currency: `'USD'`,
        amount_minor: '0',
      },
    },
    updates: { touch: { amount_minor: '2' } },
    may: { tandem_payment: BOOKS, tandem_reconcile: BOOKS },
  },
  {
    name: 'private.payouts',
    whose: 'object_id',
    rows: `insert into private.payouts (provider, object_id, status, currency, amount_minor)
           values ('stripe', 'ours', 'failed', 'USD', 1)`,
    inserts: {
      payout: {
        provider: `'stripe'`,
        object_id: `'new'`,
        status: `'failed'`,
        currency: `'USD'`,
        amount_minor: '1',
      },
    },
    updates: { touch: { amount_minor: '2' } },
    may: { tandem_payment: BOOKS, tandem_reconcile: BOOKS },
  },
  {
    name: 'private.ledger_accounts',
    whose: `case id when 'sales' then 'sales' else 'others' end`,
    rows: 'select',
    inserts: { account: { id: `'mine'`, description: `'Mine'` } },
    updates: { touch: { description: `'Changed'` } },
    may: {},
  },
  {
    name: 'private.ledger_transactions',
    whose: 'payment_id',
    rows: `insert into private.ledger_transactions (key, payment_id, currency, kind)
           select name, payment, 'USD', 'capture' from ${BOTH}`,
    inserts: {
      booking: { key: `'new'`, payment_id: `'${OWNERS_PAYMENT}'`, currency: `'USD'`, kind: `'fee'` },
    },
    updates: { touch: { kind: `'fee'` } },
    may: { tandem_payment: BOOKS, tandem_reconcile: BOOKS },
  },
  {
    name: 'private.ledger_entries',
    whose: 'transaction_key',
    rows: `insert into private.ledger_entries (transaction_key, account, currency, amount_minor)
           select name, 'sales', 'USD', 1 from ${BOTH}`,
    inserts: {
      entry: { transaction_key: `'owner'`, account: `'bank'`, currency: `'USD'`, amount_minor: '-1' },
    },
    updates: { touch: { amount_minor: '2' } },
    may: { tandem_payment: BOOKS, tandem_reconcile: BOOKS },
  },
];
