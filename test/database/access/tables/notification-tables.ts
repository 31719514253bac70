import type { TableAccess } from '../declaration';
import { BOTH, HEIR, OWNER } from '../people';

/** In the order of their names. */
export const KINDS = [
  'dispute_closed',
  'file_accepted',
  'file_refused',
  'message_received',
  'payment_disputed',
  'payment_failed',
  'payment_refunded',
  'payment_succeeded',
  'quota_reached',
  'subscription_changed',
];

const CHOICE = { kind: `'file_refused'`, in_app: 'true', email: 'false' };

/** What users are told, what they want to be told, and the mails that are due. */
export const notificationTables: readonly TableAccess[] = [
  {
    name: 'public.notification_kinds',
    whose: 'kind',
    rows: 'select',
    inserts: { made: { kind: `'mine'`, in_app: 'true', can_mail: 'true', email: 'true', fields: `'{}'` } },
    updates: { touch: { email: 'false' } },
    may: { authenticated: { select: '*', byCaller: { 'no subject': { rows: [] }, owner: { rows: KINDS } } } },
  },
  {
    name: 'public.notification_preferences',
    whose: 'user_id',
    rows: `insert into public.notification_preferences (user_id, kind, in_app, email)
           select id, 'payment_failed', true, true from ${BOTH}`,
    inserts: { own: { ...CHOICE, user_id: '$me' }, 'as another': { ...CHOICE, user_id: `'${HEIR}'` } },
    updates: { touch: { email: 'false' }, give: { user_id: `'${HEIR}'` } },
    may: {
      authenticated: {
        select: '*',
        insert: 'user_id kind in_app email',
        update: 'user_id kind in_app email',
        delete: '*',
        rows: 'own',
        refused: ['insert as another', 'update give'],
        byCaller: { 'no subject': { refused: ['insert own', 'insert as another'] } },
      },
    },
  },
  {
    name: 'public.notifications',
    whose: 'user_id',
    rows: `insert into public.notifications (user_id, kind, key, data) select id, 'payment_failed', name, '{}' from ${BOTH}`,
    inserts: {
      made: { user_id: '$me', kind: `'payment_failed'`, key: `'k'`, data: `'{}'` },
    },
    updates: {
      touch: { read_at: 'now()' },
      rewrite: { data: `'{"amount_minor": "1"}'` },
      give: { user_id: `'${HEIR}'` },
    },
    may: {
      authenticated: { select: '*', update: 'read_at', delete: '*', rows: 'own', refused: ['update give'] },
    },
  },
  {
    name: 'private.notices',
    whose: 'user_id',
    rows: `insert into private.notices (user_id, kind, key) select id, 'payment_failed', name from ${BOTH}`,
    inserts: { made: { user_id: `'${OWNER}'`, kind: `'payment_failed'`, key: `'k'` } },
    updates: { touch: { told_at: 'now()' } },
    may: {},
  },
  {
    name: 'private.outbox',
    whose: 'id',
    rows: `insert into private.outbox (id, user_id, kind, data, state, settled_at)
           select id, id, 'payment_failed', '{}', case name when 'owner' then 'due' else 'sent' end,
             case name when 'owner' then null else now() end from ${BOTH}`,
    inserts: { made: { user_id: `'${OWNER}'`, kind: `'payment_failed'`, data: `'{}'` } },
    updates: {
      touch: { due_at: 'now()' },
      rewrite: { data: `'{"amount_minor": "1"}'` },
      give: { user_id: `'${HEIR}'` },
    },
    may: {
      tandem_notification: {
        select: 'id kind data state attempts due_at claim claimed_until settled_at',
        update: 'state attempts due_at claim claimed_until error_code message_id settled_at',
        delete: '*',
        rows: { delete: ['other'] },
      },
    },
  },
];
