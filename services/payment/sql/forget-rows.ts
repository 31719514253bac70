import type { Queryable } from '#shared/database/queryable';

// Each forgets some rows of one kind that are over, and says how many; what is over stands in the database's function.

interface Row {
  readonly forgotten: number;
}

const count = ({ rows }: { readonly rows: readonly Row[] }): number => rows[0]?.forgotten ?? 0;

export const forgetSessions = async (db: Queryable): Promise<number> =>
  count(await db.query<Row>('select private.forget_sessions()::integer as forgotten'));

export const forgetIdempotencyKeys = async (db: Queryable): Promise<number> =>
  count(await db.query<Row>('select private.forget_idempotency_keys()::integer as forgotten'));

export const forgetPaymentSweeps = async (db: Queryable): Promise<number> =>
  count(await db.query<Row>('select private.forget_payment_sweeps()::integer as forgotten'));

export const forgetNotifications = async (db: Queryable): Promise<number> =>
  count(await db.query<Row>('select private.forget_notifications()::integer as forgotten'));

export const forgetNotices = async (db: Queryable): Promise<number> =>
  count(await db.query<Row>('select private.forget_notices()::integer as forgotten'));

export const forgetUsageEvents = async (db: Queryable): Promise<number> =>
  count(await db.query<Row>('select private.forget_usage_events()::integer as forgotten'));

export const forgetUsagePeriods = async (db: Queryable): Promise<number> =>
  count(await db.query<Row>('select private.forget_usage_periods()::integer as forgotten'));

export const forgetActiveDays = async (db: Queryable): Promise<number> =>
  count(await db.query<Row>('select private.forget_active_days()::integer as forgotten'));
