import type { TableAccess } from '../declaration';
import { BOTH, HEIR, OWNER } from '../people';

const SESSION = {
  user_id: `'${OWNER}'`,
  token_hash: `sha256('new')`,
  supabase_session_id: 'gen_random_uuid()',
  opened_by: `'password'`,
  idle_expires_at: 'now()',
  absolute_expires_at: 'now()',
};

const LINE = {
  actor_id: `'${OWNER}'`,
  actor_role: `'admin'`,
  action: `'test.run'`,
  target: `'all'`,
  request_id: `'1'`,
};

/** Who is signed in, who may do more, who did what, who calls how often. */
export const sessionTables: readonly TableAccess[] = [
  {
    name: 'private.sessions',
    whose: 'id',
    rows: `insert into private.sessions (id, user_id, token_hash, supabase_session_id, opened_by, idle_expires_at,
             absolute_expires_at, ended_at, ended_because)
           select id, id, sha256(name::bytea), gen_random_uuid(), 'password', until, until, ended, because
           from (select name, id, now() + interval '1 day' as until, null::timestamptz as ended, null as because from ${BOTH}
             union all values
               ('ended', 'eeeeeeee-0000-4000-8000-000000000000'::uuid, now() + interval '1 day', now(), 'signed_out'),
               ('expired', 'ffffffff-0000-4000-8000-000000000000'::uuid, now() - interval '1 day', null, null)) as s`,
    inserts: {
      opened: SESSION,
      ended: { ...SESSION, ended_at: 'now()', ended_because: `'signed_out'` },
    },
    updates: {
      touch: { last_used_at: 'now()' },
      end: { ended_at: 'now()', ended_because: `'signed_out'` },
      give: { user_id: `'${HEIR}'` },
    },
    may: {
      tandem_auth: {
        select: '*',
        insert: '*',
        update:
          'token_hash opened_by last_used_at idle_expires_at absolute_expires_at ended_at ended_because user_agent address',
        refused: ['insert ended'],
      },
      tandem_payment: {
        select:
          'id user_id token_hash supabase_session_id last_used_at idle_expires_at absolute_expires_at ended_at',
        update: 'last_used_at idle_expires_at',
        rows: { update: ['expired', 'other', 'owner'] },
        refused: ['update end'],
      },
      tandem_files: {
        select:
          'id user_id token_hash supabase_session_id last_used_at idle_expires_at absolute_expires_at ended_at',
        update: 'last_used_at idle_expires_at',
        rows: { update: ['expired', 'other', 'owner'] },
        refused: ['update end'],
      },
    },
  },
  {
    name: 'private.session_tokens',
    whose: 'session_id',
    rows: `insert into private.session_tokens (token_hash, session_id, nonce, retired_at)
           select sha256(name::bytea), id, sha256(name::bytea), now() from ${BOTH}`,
    inserts: {
      retired: {
        token_hash: `sha256('new')`,
        session_id: `'${OWNER}'`,
        nonce: `sha256('new')`,
        retired_at: 'now()',
      },
    },
    updates: { touch: { retired_at: 'now()' } },
    may: {
      tandem_auth: { select: '*', insert: '*', delete: '*' },
      tandem_payment: { select: 'token_hash session_id retired_at' },
      tandem_files: { select: 'token_hash session_id retired_at' },
    },
  },
  {
    name: 'private.roles',
    whose: 'user_id',
    rows: `insert into private.roles (user_id, role) select id, 'support' from ${BOTH}`,
    inserts: { granted: { user_id: `'${HEIR}'`, role: `'admin'` } },
    updates: { touch: { role: `'admin'` } },
    may: {
      tandem_auth: { select: 'user_id role' },
      tandem_payment: { select: 'user_id role' },
      tandem_files: { select: 'user_id role' },
    },
  },
  {
    name: 'private.audit_log',
    whose: 'actor_id',
    rows: `insert into private.audit_log (actor_id, actor_role, action, target, request_id)
           select id, 'admin', 'test.run', 'all', '1' from ${BOTH}`,
    inserts: {
      line: LINE,
      'line of the command line': {
        actor_name: `'root'`,
        actor_role: `'command_line'`,
        action: `'test.run'`,
        target: `'all'`,
      },
    },
    updates: { touch: { target: `'none'` } },
    may: {
      tandem_auth: {
        select: '*',
        insert: 'actor_id actor_role action target before after request_id',
        refused: ['insert line of the command line'],
      },
      tandem_payment: {
        insert: 'actor_id actor_role action target before after request_id',
        refused: ['insert line of the command line'],
      },
    },
  },
  {
    name: 'private.rate_limits',
    whose: 'key',
    rows: `insert into private.rate_limits (key, slot, counts, allowed, stale_at)
           select name, 1, array_fill(0, array[11]), true, 1 from ${BOTH}`,
    inserts: {
      counted: {
        key: `'mine'`,
        slot: '1',
        counts: 'array_fill(0, array[11])',
        allowed: 'true',
        stale_at: '1',
      },
    },
    updates: { touch: { stale_at: '0' } },
    may: {},
  },
];
