import type { Client } from 'pg';
import { findUser } from './find-user';

/** The plan of everybody without a subscription. */
const FREE = 'free';

export interface PlanChange {
  readonly was: string;
  readonly changed: boolean;
}

/**
 * Gives an account a plan that nobody bills, or with `free` ends the one that it was given, as the owner of the database; the
 * user is told, and the line in the audit log names the operating-system user. All or nothing. What was used stays used, and
 * a billing period goes on; a plan it has already changes nothing and leaves no line.
 *
 * @throws Error for an unknown address or plan, and for an account that pays a provider: that is changed there
 */
export const givePlan = async (
  client: Client,
  asked: { readonly email: string; readonly plan: string; readonly operator: string },
): Promise<PlanChange> => {
  await client.query('begin');
  try {
    await refuseUnknownPlan(client, asked.plan);
    const userId = await findUser(client, asked.email);
    // One operator at a time: two would both find no subscription. Not by the account's row: a deletion locks that last.
    await client.query(`select pg_advisory_xact_lock(hashtextextended('plan of ' || $1, 0))`, [userId]);
    const running = await findRunning(client, userId);
    if (running !== undefined && running.provider !== 'manual')
      throw new Error(
        `${asked.email} pays ${running.provider} for the plan ${running.plan}. Change it there.`,
      );
    const was = running?.plan ?? FREE;
    const changed = was !== asked.plan;
    if (changed) await write(client, { ...asked, userId, was, runningId: running?.id ?? null });
    await client.query('commit');
    return { was, changed };
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
};

const refuseUnknownPlan = async (client: Client, plan: string): Promise<void> => {
  const { rows } = await client.query<{ id: string }>('select id from public.plans order by id');
  const plans = rows.map(({ id }) => id);
  if (!plans.includes(plan)) throw new Error(`No such plan: ${plan}. There are ${plans.join(', ')}.`);
};

interface Running {
  readonly id: string;
  readonly plan: string;
  readonly provider: string;
}

const findRunning = async (client: Client, userId: string): Promise<Running | undefined> => {
  const { rows } = await client.query<Running>(
    `select id, plan, provider from public.subscriptions
     where user_id = $1 and status in ('trialing', 'active', 'past_due', 'unpaid', 'paused') for update`,
    [userId],
  );
  return rows[0];
};

const write = async (
  client: Client,
  change: {
    readonly userId: string;
    readonly email: string;
    readonly runningId: string | null;
    readonly plan: string;
    readonly was: string;
    readonly operator: string;
  },
): Promise<void> => {
  const { userId, email, runningId, plan, was, operator } = change;
  if (plan === FREE) {
    await client.query(`update public.subscriptions set status = 'canceled' where id = $1`, [runningId]);
  } else if (runningId !== null) {
    await client.query(
      `update public.subscriptions set plan = $2, status = 'active', cancel_at_period_end = false where id = $1`,
      [runningId, plan],
    );
  } else {
    const { rowCount } = await client.query(
      `insert into public.subscriptions (user_id, plan, status, provider, current_period_start, current_period_end)
       select id, $2, 'active', 'manual', now(), (now() at time zone 'utc' + interval '1 month') at time zone 'utc'
       from auth.users where id = $1 for key share`,
      [userId, plan],
    );
    if (rowCount === 0) throw new Error(`The account of ${email} was deleted meanwhile.`);
  }
  await client.query(
    `insert into private.audit_log (actor_role, actor_name, action, target, before, after)
     values ('command_line', $1, 'subscriptions.change', $2, json_build_object('plan', $3::text), json_build_object('plan', $4::text))`,
    [operator, userId, was, plan],
  );
};
