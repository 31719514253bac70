import type { FunctionAccess } from './declaration';
import { notificationFunctions } from './notification-functions';
import { HEIR, OWNER } from './people';
import { talkFunctions } from './talk-functions';

const CALLERS_OF_LIMITS = ['tandem_auth', 'tandem_payment', 'tandem_files'] as const;
const IDENTIFIERS = ['tandem_auth', 'tandem_payment', 'tandem_files'] as const;
const AUTH = ['tandem_auth'] as const;
const FILES = ['tandem_files'] as const;
const SWEEP = ['tandem_reconcile'] as const;
const BY_SWEEP: FunctionAccess = { call: '', definer: true, may: SWEEP };

/** Only Postgres calls these. */
const TRIGGER: FunctionAccess = { call: '' };
const DEFINER_TRIGGER: FunctionAccess = { call: '', definer: true };

/** Every function of public and private. Nobody but those named may call it. */
export const functions: Readonly<Record<string, FunctionAccess>> = {
  'private.account_blockers(uuid)': { call: `'${HEIR}'`, definer: true }, // private.delete_account does
  'private.account_payment_sums(uuid)': { call: `'${OWNER}'`, definer: true, may: AUTH },
  'private.account_standing(uuid[])': { call: `array['${OWNER}'::uuid]`, definer: true, may: AUTH },
  'private.account_state(text)': { call: `'x@example.test'`, definer: true, may: AUTH },
  'private.compares_password(text)': { call: `'x@example.test'`, definer: true, may: AUTH },
  'private.delete_account(uuid)': { call: `'${HEIR}'`, definer: true, may: AUTH },
  'private.export_account(uuid,text,timestamp with time zone,text,integer)': {
    call: `'${OWNER}', null, null, null, 1000000`,
    definer: true,
    may: AUTH,
  },
  'private.end_other_supabase_sessions(uuid,uuid)': { call: `'${OWNER}', null`, definer: true, may: AUTH },
  'private.end_supabase_sessions(uuid,uuid[])': { call: `'${OWNER}', '{}'`, definer: true, may: AUTH },
  'private.end_reused_session(bytea,timestamp with time zone,timestamp with time zone)': {
    call: `'x', now(), now()`,
    definer: true,
    may: IDENTIFIERS,
  },
  'private.second_factor_missing(uuid,uuid)': {
    call: `'${OWNER}', '${OWNER}'`,
    definer: true,
    may: IDENTIFIERS,
  },
  'private.supabase_session_lives(uuid,uuid)': {
    call: `'${OWNER}', '${OWNER}'`,
    definer: true,
    may: IDENTIFIERS,
  },
  'private.supabase_session_opened_after(uuid,uuid,timestamp with time zone)': {
    call: `'${OWNER}', '${OWNER}', now()`,
    definer: true,
    may: AUTH,
  },
  'private.set_ban(uuid,uuid,timestamp with time zone)': {
    call: `'${OWNER}', '${HEIR}', null`,
    definer: true,
    may: AUTH,
  },
  'private.set_role(uuid,uuid,text)': { call: `'${OWNER}', '${HEIR}', null`, definer: true, may: AUTH },
  'private.hold_account(uuid)': { call: `'${OWNER}'`, definer: true, may: AUTH },
  'private.lock_admins(uuid)': { call: `'${OWNER}'` },
  'private.void_unconfirmed_password(text)': { call: `'x@example.test'`, definer: true, may: AUTH },
  'private.take_from_limit(text,integer,bigint,bigint)': {
    call: `'a', 1, 1000, 0`,
    definer: true,
    may: CALLERS_OF_LIMITS,
  },
  'private.give_back_to_limit(text)': { call: `'a'`, definer: true, may: AUTH },
  'private.forget_rate_limits(bigint)': { call: '0', definer: true, may: SWEEP },
  'private.forget_sessions()': BY_SWEEP,
  'private.forget_idempotency_keys()': BY_SWEEP,
  'private.forget_payment_sweeps()': BY_SWEEP,
  'private.forget_notifications()': BY_SWEEP,
  'private.forget_notices()': BY_SWEEP,
  'private.forget_usage_events()': BY_SWEEP,
  'private.forget_usage_periods()': BY_SWEEP,
  'private.forget_active_days()': BY_SWEEP,
  'private.close_days()': BY_SWEEP,
  ...talkFunctions,
  ...notificationFunctions,
  'private.is_uploaded(text)': { call: `'a'`, definer: true, may: FILES },
  'private.stray_objects(timestamp with time zone,integer)': { call: 'now(), 1', definer: true, may: FILES },
  'private.files_without_object(timestamp with time zone,integer)': {
    call: 'now(), 1',
    definer: true,
    may: FILES,
  },
  'private.usage_period(text,date,date,date)': { call: `'day', '2026-01-01', null, null` },
  'private.quotas_in_force(uuid,timestamp with time zone,timestamp with time zone)': {
    call: `'${OWNER}', now(), now()`,
  },
  'private.current_usage(uuid,timestamp with time zone)': {
    call: `'${OWNER}', now()`,
    definer: true,
    may: ['tandem_payment'],
  },
  'private.record_usage(uuid,text,bigint,text,timestamp with time zone,timestamp with time zone)': {
    call: `'${HEIR}', 'exports', 1, 'a'`,
    definer: true,
    may: ['tandem_payment'],
  },
  'private.analytics(date,date)': {
    call: `'2026-01-01', '2026-01-02'`,
    definer: true,
    may: ['tandem_payment'],
  },
  'private.keep_figures_of_account()': DEFINER_TRIGGER,
  'private.note_active_day()': DEFINER_TRIGGER,
  'private.notify_of_subscription()': DEFINER_TRIGGER,
  'private.copy_account_to_profile()': DEFINER_TRIGGER,
  'private.record_change()': DEFINER_TRIGGER,
  'private.post_changes()': DEFINER_TRIGGER,
  'private.check_bookings()': DEFINER_TRIGGER,
  'private.check_entries()': DEFINER_TRIGGER,
  'private.check_facts()': DEFINER_TRIGGER,
  'private.check_payments()': DEFINER_TRIGGER,
  'private.check_payouts()': DEFINER_TRIGGER,
  'private.keep_cursor_going_forward()': TRIGGER,
  'private.refuse_change()': TRIGGER,
  'private.set_updated_at()': TRIGGER,
  'private.derive_payments(uuid[])': { call: `'{}'` },
  'private.due_bookings(uuid[])': { call: `'{}'` },
  'private.due_payout_bookings(text[],text[])': { call: `'{}', '{}'` },
  'private.fact_rank(text,text)': { call: `'capture', 'pending'` },
  'private.refuse_underived(uuid[])': { call: `'{}'` },
};
