import type { TableAccess, Values } from '../declaration';
import { BOTH, HEIR, OWNER } from '../people';

const USED: Values = {
  user_id: `'${OWNER}'`,
  meter: `'exports'`,
  period: `'day'`,
  period_start: `'2026-01-01'`,
  period_end: `'2026-01-02'`,
  used: '1',
};

const DAY: Values = {
  user_id: `'${OWNER}'`,
  meter: `'exports'`,
  day: `'2026-01-02'`,
  quantity: '1',
  events: '1',
};

const SUBSCRIBED: Values = {
  user_id: `'${HEIR}'`,
  plan: `'pro'`,
  status: `'active'`,
  provider: `'manual'`,
  current_period_start: `'2026-01-01'`,
  current_period_end: `'2026-02-01'`,
};

/** Plans of the seed and of the migrations. */
const OFFERED = ['free', 'pro', 'team'];

/** What is measured, what plans include of it, and what was used. */
export const usageTables: readonly TableAccess[] = [
  {
    name: 'public.meters',
    whose: `case when id = 'hidden' then 'hidden' when reported_by_users then 'users' else 'services' end`,
    rows: `insert into public.meters (id, unit, reported_by_users, active) values ('hidden', 'thing', true, false)`,
    inserts: { made: { id: `'mine'`, unit: `'thing'` } },
    updates: { touch: { unit: `'other'` } },
    may: {
      anon: { select: '*', rows: ['services', 'users'] },
      authenticated: { select: '*', rows: ['services', 'users'] },
      tandem_payment: { select: 'id reported_by_users' },
    },
  },
  {
    name: 'public.plans',
    whose: 'id',
    rows: `insert into public.plans (id, name, active) values ('hidden', 'Hidden', false)`,
    inserts: { made: { id: `'mine'`, name: `'Mine'` } },
    updates: { touch: { name: `'Mine'` } },
    may: { anon: { select: '*', rows: OFFERED }, authenticated: { select: '*', rows: OFFERED } },
  },
  {
    name: 'public.plan_quotas',
    whose: 'plan',
    rows: `insert into public.plan_quotas (plan, meter, period) values ('hidden', 'exports', 'day')`,
    inserts: { made: { plan: `'team'`, meter: `'exports'`, period: `'day'` } },
    updates: { lift: { hard_limit: 'null' } },
    may: { anon: { select: '*', rows: OFFERED }, authenticated: { select: '*', rows: OFFERED } },
  },
  {
    name: 'public.subscriptions',
    whose: 'user_id',
    rows: `insert into public.subscriptions (user_id, plan, status, provider, current_period_start, current_period_end)
           select id, 'pro', 'active', 'manual', '2026-01-01', '2026-02-01' from ${BOTH}`,
    inserts: { subscribed: SUBSCRIBED },
    updates: { upgrade: { plan: `'team'` }, give: { user_id: `'${HEIR}'` } },
    may: { authenticated: { select: '*', rows: 'own' } },
  },
  {
    name: 'public.usage',
    whose: 'user_id',
    rows: `insert into public.usage (user_id, meter, period, period_start, period_end, used)
           select id, 'exports', 'month', '2026-01-01', '2026-02-01', 1 from ${BOTH}`,
    inserts: { counted: USED },
    updates: { reset: { used: '0' }, give: { user_id: `'${HEIR}'` } },
    may: { authenticated: { select: '*', rows: 'own' } },
  },
  {
    name: 'public.usage_days',
    whose: 'user_id',
    rows: `insert into public.usage_days (user_id, meter, day, quantity, events)
           select id, 'exports', '2026-01-01', 1, 1 from ${BOTH}`,
    inserts: { counted: DAY },
    updates: { reset: { quantity: '1' }, give: { user_id: `'${HEIR}'` } },
    may: { authenticated: { select: '*', rows: 'own' }, tandem_payment: { select: '*' } },
  },
  {
    name: 'private.usage_events',
    whose: 'user_id',
    rows: `insert into private.usage_events (user_id, key, meter, quantity, used_at)
           select id, 'a', 'exports', 1, now() from ${BOTH}`,
    inserts: {
      recorded: {
        user_id: `'${OWNER}'`,
        key: `'b'`,
        meter: `'exports'`,
        quantity: '1',
        used_at: 'now()',
      },
    },
    updates: { touch: { quantity: '2' } },
    may: {},
  },
  {
    name: 'private.active_days',
    whose: 'user_id',
    rows: `insert into private.active_days (day, user_id) select '2026-01-01', id from ${BOTH}`,
    inserts: { noted: { day: `'2026-01-02'`, user_id: `'${OWNER}'` } },
    updates: { touch: { day: `'2026-01-03'` } },
    may: {},
  },
  {
    name: 'private.past_accounts',
    whose: `'somebody'`,
    rows: 'insert into private.past_accounts (signed_up_at) values (now())',
    inserts: { kept: { signed_up_at: 'now()' } },
    updates: { touch: { first_paid_at: 'now()' } },
    may: {},
  },
];
