/** A rule of the schema, as a query for what breaks it, and a statement that plants a case, to see that the query finds it. */
export interface Lint {
  readonly name: string;
  /** Answers one row for each case, named in the column `found`. Asked of public and private. */
  readonly sql: string;
  readonly plant: string;
  /** Cases that are meant, with the reason. */
  readonly meant?: Readonly<Record<string, string>>;
}

const OURS = `n.nspname in ('public', 'private')`;
const TABLE = `format('%I.%I', n.nspname, c.relname)`;
const TABLES = `pg_class c join pg_namespace n on n.oid = c.relnamespace and ${OURS} and c.relkind in ('r', 'p')`;
const POLICIES = `pg_policy p join ${TABLES} on c.oid = p.polrelid`;
const FUNCTIONS = `pg_proc f join pg_namespace n on n.oid = f.pronamespace and ${OURS}`;
const CONDITION = `concat_ws(' and ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))`;
const NAMED = `${TABLE} || ': ' || p.polname`;

const NEW_TABLE = 'create table public.planted (id int primary key, user_id uuid)';
const WITH_RLS = `${NEW_TABLE}; alter table public.planted enable row level security`;
const policy = (rest: string): string => `${WITH_RLS}; create policy planted on public.planted ${rest}`;

/** Those rules of Supabase's own linter (splinter) that concern access, and a few of ours. */
export const lints: readonly Lint[] = [
  {
    name: 'row-level security is on',
    sql: `select ${TABLE} as found from ${TABLES} where not c.relrowsecurity`,
    plant: NEW_TABLE,
  },
  {
    name: 'row-level security has a policy',
    sql: `select ${TABLE} as found from ${TABLES}
          where c.relrowsecurity and not exists (select from pg_policy where polrelid = c.oid)`,
    plant: WITH_RLS,
    meant: {
      'private.ledger_accounts': 'read by its owner alone, in checks',
      'private.rate_limits': 'written by its owner alone, in functions',
      'private.notices': 'written by its owner alone, in functions',
      'private.message_edits': 'written by its owner alone, in triggers',
      'private.usage_events': 'written by its owner alone, in functions',
      'private.active_days': 'written by its owner alone, in triggers',
      'private.past_accounts': 'written by its owner alone, in triggers',
    },
  },
  {
    name: 'policies are in force',
    sql: `select ${NAMED} as found from ${POLICIES} where not c.relrowsecurity`,
    plant: `${NEW_TABLE}; create policy planted on public.planted using (true)`,
  },
  {
    name: 'who asks is evaluated once and not for each row',
    sql: `select ${NAMED} as found from ${POLICIES}
          where regexp_replace(${CONDITION}, 'select\\s+(auth\\.\\w+|private\\.caller)\\(\\)', '', 'gi')
            ~* '(auth\\.\\w+|private\\.caller|current_setting)\\('`,
    plant: policy('for select to authenticated using (user_id = auth.uid())'),
  },
  {
    name: 'users are asked about as private.caller() does: an id in a token is not yet somebody who may act',
    sql: `select ${NAMED} as found from ${POLICIES}
          where 'authenticated'::regrole = any (p.polroles) and ${CONDITION} ~* 'auth\\.uid\\(\\)'`,
    plant: policy('for select to authenticated using (user_id = (select auth.uid()))'),
    meant: {
      'public.notification_kinds: Who has signed in sees the kinds': 'a list that is the same for everybody',
    },
  },
  {
    name: 'nothing is decided by what users write about themselves',
    sql: `select ${NAMED} as found from ${POLICIES} where ${CONDITION} ~* 'meta_?data|auth\\.jwt'`,
    plant: policy(`to authenticated using (((select auth.jwt()) -> 'user_metadata' ->> 'role') = 'admin')`),
  },
  {
    name: 'no policy opens for nobody',
    sql: `select ${NAMED} as found from ${POLICIES} where ${CONDITION} ~* '(auth\\.\\w+|private\\.caller)\\(\\)[^=]* is (not distinct|null)'`,
    plant: policy(
      'to authenticated using ((select private.caller()) is null or user_id = (select private.caller()))',
    ),
  },
  {
    name: 'users get no rows by a condition that is always true',
    sql: `select ${NAMED} as found from ${POLICIES}
          where (0 = any (p.polroles) or 'anon'::regrole = any (p.polroles) or 'authenticated'::regrole = any (p.polroles))
            and ${CONDITION} ~ '\\mtrue\\M'`,
    plant: policy('for select to authenticated using (true)'),
  },
  {
    name: 'each policy is for one command and for named roles',
    sql: `select ${NAMED} as found from ${POLICIES} where p.polcmd = '*' or 0 = any (p.polroles)`,
    plant: policy('to authenticated using (user_id = (select auth.uid()))'),
  },
  {
    name: 'one permissive policy for a role and a command',
    sql: `select distinct ${TABLE} || ': ' || r::regrole || ' ' || p.polcmd::text as found
          from ${POLICIES}, unnest(p.polroles) r where p.polpermissive
          group by n.nspname, c.relname, r, p.polcmd having count(*) > 1`,
    plant: `${policy('for select to authenticated using (id = 1)')};
            create policy more on public.planted for select to authenticated using (id = 2)`,
  },
  {
    name: 'what policies ask of users has an index',
    sql: `select distinct ${NAMED} || ' ' || a.attname as found
          from ${POLICIES} join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
            and d.refobjid = c.oid and d.refobjsubid > 0
          join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
          where pg_get_expr(p.polqual, p.polrelid) ~ 'auth\\.|private\\.caller\\('
            and not exists (select from pg_index i where i.indrelid = c.oid and i.indkey[0] = a.attnum)`,
    plant: policy('for select to authenticated using (user_id = (select private.caller()))'),
  },
  {
    name: 'foreign keys have an index',
    sql: `select ${TABLE} || ': ' || k.conname as found from pg_constraint k join ${TABLES} on c.oid = k.conrelid
          where k.contype = 'f' and not exists (
            select from pg_index i where i.indrelid = c.oid and i.indkey[0] = any (k.conkey))`,
    plant: `${WITH_RLS}; alter table public.planted add foreign key (user_id) references auth.users (id)`,
    meant: {
      'public.payments: payments_price_id_fkey': 'prices are retired, never deleted',
      'public.notification_preferences: notification_preferences_kind_fkey': 'kinds are never deleted',
      'private.usage_events: usage_events_meter_fkey': 'meters are retired, never deleted',
      'public.usage: usage_meter_fkey': 'meters are retired, never deleted',
      'public.usage_days: usage_days_meter_fkey': 'meters are retired, never deleted',
    },
  },
  {
    name: 'tables have a primary key',
    sql: `select ${TABLE} as found from ${TABLES}
          where not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)`,
    plant: 'create table public.planted (id int)',
  },
  {
    // An empty path is not enough: types of the caller's own, in pg_temp, would come before Postgres's.
    name: 'functions have the search path pg_catalog, pg_temp',
    sql: `select f.oid::regprocedure::text as found from ${FUNCTIONS}
          where f.prosqlbody is null and 'search_path=pg_catalog, pg_temp' <> all (coalesce(f.proconfig, '{}'))`,
    plant: `create function public.planted() returns int language sql set search_path = '' as 'select 1'`,
  },
  {
    name: 'nobody from outside runs a function with its owner’s rights',
    sql: `select f.oid::regprocedure::text as found from ${FUNCTIONS}
          where f.prosecdef and (has_function_privilege('anon', f.oid, 'execute')
            or has_function_privilege('authenticated', f.oid, 'execute')
            or has_function_privilege('service_role', f.oid, 'execute'))`,
    plant: `create function public.planted() returns int language sql security definer set search_path = '' as 'select 1';
            grant execute on function public.planted() to authenticated`,
    // In private, where nobody calls them by name: policies ask them, and functions of public are bound to them.
    meant: {
      'private.caller()': 'about the caller alone',
      'private.add_member(uuid,uuid)': 'asks whether the caller owns the group; sees blocks',
      'private.caller_conversations()': 'about the caller alone; a policy on members cannot ask members',
      'private.caller_may_read_object(text,text)': 'about the caller alone; yes or no about one object',
      'private.caller_owned_conversations()': 'about the caller alone',
      'private.caller_sees_message(uuid,bigint)': 'about the caller alone',
      'private.list_members(uuid)': 'names and pictures of those whom the caller talks with',
      'private.my_conversations()': 'about the caller alone; counts without asking policies row by row',
      'private.start_conversation(uuid[],text,uuid)': 'starts in the name of the caller; sees blocks',
    },
  },
  {
    name: 'views run with the rights of who asks',
    sql: `select ${TABLE} as found from pg_class c join pg_namespace n on n.oid = c.relnamespace and ${OURS}
          where c.relkind = 'v' and 'security_invoker=true' <> all (coalesce(c.reloptions, '{}'))`,
    plant: 'create view public.planted as select id from public.payments',
  },
  {
    name: 'nothing in public passes row-level security by what it is',
    sql: `select ${TABLE} as found from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
          where c.relkind in ('m', 'f')`,
    plant: 'create materialized view public.planted as select id from public.payments',
  },
  {
    name: 'no extension lives in public or private',
    sql: `select e.extname as found from pg_extension e join pg_namespace n on n.oid = e.extnamespace and ${OURS}`,
    plant: 'create extension citext schema public',
  },
  {
    name: 'what is published live has row-level security',
    sql: `select ${TABLE} as found from pg_publication_rel r join ${TABLES} on c.oid = r.prrelid
          where not c.relrowsecurity or n.nspname <> 'public'`,
    plant: 'alter publication supabase_realtime add table private.sessions',
  },
];
