import type { Queryable } from '#shared/database/queryable';
import { insertUser } from './payment-rows';

export type Period = 'day' | 'month' | 'billing_period';

export interface QuotaOptions {
  readonly period?: Period;
  readonly softLimit?: number | null;
  readonly hardLimit?: number | null;
  readonly byUsers?: boolean;
}

export interface Metered {
  readonly meter: string;
  readonly plan: string;
  readonly userId: string;
}

let made = 0;

/** A meter and a plan of its own that includes so much of it. */
export const insertQuota = async (
  admin: Queryable,
  { period = 'month', softLimit = null, hardLimit = null, byUsers = false }: QuotaOptions = {},
): Promise<Omit<Metered, 'userId'>> => {
  made += 1;
  const [meter, plan] = [`meter_${made}`, `plan-${made}`];
  await admin.query(`insert into public.meters (id, unit, reported_by_users) values ($1, 'thing', $2)`, [
    meter,
    byUsers,
  ]);
  await admin.query(`insert into public.plans (id, name) values ($1, $1)`, [plan]);
  await admin.query(
    `insert into public.plan_quotas (plan, meter, period, soft_limit, hard_limit) values ($1, $2, $3, $4, $5)`,
    [plan, meter, period, softLimit, hardLimit],
  );
  return { meter, plan };
};

/** Gives a user a plan for the month from `start` on, or moves the one that there is. */
export const subscribe = async (
  admin: Queryable,
  userId: string,
  plan: string,
  start = '2026-11-01T00:00:00Z',
): Promise<void> => {
  await admin.query(
    `insert into public.subscriptions (user_id, plan, status, provider, current_period_start, current_period_end)
     values ($1, $2, 'active', 'manual', $3, $3::timestamptz + interval '1 month')
     on conflict (user_id) where status in ('trialing', 'active', 'past_due', 'unpaid', 'paused')
     do update set plan = excluded.plan`,
    [userId, plan, start],
  );
};

/** A user on a plan that includes so much of a meter. */
export const insertMetered = async (admin: Queryable, options: QuotaOptions = {}): Promise<Metered> => {
  const quota = await insertQuota(admin, options);
  const userId = await insertUser(admin);
  await subscribe(admin, userId, quota.plan);
  return { ...quota, userId };
};

export interface Recorded {
  readonly outcome: string;
  readonly used: string;
  readonly soft_limit: string | null;
  readonly hard_limit: string | null;
  readonly period: string;
  readonly starts: string;
  readonly ends: string;
}

/** Calls private.record_usage as a service would; times as ISO texts. */
export const recordUsage = async (
  db: Queryable,
  { userId, meter }: Pick<Metered, 'userId' | 'meter'>,
  {
    quantity = 1,
    key,
    at = null,
    now = '2026-11-23T12:00:00Z',
  }: {
    readonly quantity?: number;
    readonly key: string;
    readonly at?: string | null;
    readonly now?: string;
  },
): Promise<Recorded> => {
  const { rows } = await db.query<Recorded>(
    `select outcome, used, soft_limit, hard_limit, period, period_start::text as starts, period_end::text as ends
     from private.record_usage($1, $2, $3, $4, $5, $6)`,
    [userId, meter, quantity, key, at, now],
  );
  const [recorded] = rows;
  if (recorded === undefined) throw new Error('record_usage answered nothing');
  return recorded;
};

/** What the three tables hold of a user, which must be the same sum. */
export const usageRows = async (admin: Queryable, { userId, meter }: Pick<Metered, 'userId' | 'meter'>) => {
  const { rows: events } = await admin.query<{ key: string; quantity: string }>(
    'select key, quantity from private.usage_events where user_id = $1 and meter = $2 order by used_at, key',
    [userId, meter],
  );
  const { rows: periods } = await admin.query<{ starts: string; used: string }>(
    'select period, period_start::text as starts, used from public.usage where user_id = $1 and meter = $2 order by period_start',
    [userId, meter],
  );
  const { rows: days } = await admin.query<{ day: string; quantity: string; events: string }>(
    'select day::text, quantity, events from public.usage_days where user_id = $1 and meter = $2 order by day',
    [userId, meter],
  );
  return { events, periods, days };
};
