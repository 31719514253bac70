import type { Mutant } from './mutant';

const RECORD = 'supabase/migrations/20261122000553_record_usage.sql';
const PERIODS = 'supabase/migrations/20261122000552_reckon_periods.sql';
const ACCOUNTS = 'supabase/migrations/20261122000554_take_usage_along.sql';

/** Faults that would count usage twice or not at all, or let quotas be exceeded. */
export const usageMutants: readonly Mutant[] = [
  {
    name: 'usage is added without looking at the limit',
    file: RECORD,
    search: '\n      and u.used + amount <= least(quota.hard_limit, 9007199254740991)',
    replacement: '',
    tests: ['test/database/record-usage.test.ts'],
  },
  {
    name: 'usage is checked before it is added, in two steps',
    file: RECORD,
    search: `      and u.used + amount <= least(quota.hard_limit, 9007199254740991)
    returning`,
    replacement: `      and amount + coalesce((select w.used from public.usage w where w.user_id = of_user and w.meter = of_meter
        and w.period = quota.period and w.period_start = quota.starts), 0) <= least(quota.hard_limit, 9007199254740991)
    returning`,
    tests: ['test/database/usage-races.test.ts'],
  },
  {
    name: 'usage of one key at one moment is counted for each call',
    file: RECORD,
    search: 'update public.usage u set used = u.used - amount\n',
    replacement: 'update public.usage u set used = u.used\n',
    tests: ['test/database/usage-races.test.ts'],
  },
  {
    name: 'usage that was recorded meanwhile is called refused',
    file: RECORD,
    search: `outcome := case when earlier.key is null then outcome else 'duplicate' end;`,
    replacement: '',
    tests: ['test/database/usage-races.test.ts'],
  },
  {
    name: 'usage of a new period does not wait for what is under way',
    file: RECORD,
    search: '      perform pg_advisory_xact_lock(lock_key);\n',
    replacement: '',
    tests: ['test/database/record-usage.test.ts'],
  },
  {
    name: 'usage and a deletion lock in different orders',
    file: RECORD,
    search: ' and a.deleted_at is null for key share;',
    replacement: ' and a.deleted_at is null;',
    tests: ['test/database/usage-accounts.test.ts'],
  },
  {
    name: 'usage of users takes keys of services',
    file: 'services/payment/use-cases/record-usage.ts',
    search: '=> `user:',
    replacement: '=> `',
    tests: ['test/flow/usage.test.ts'],
  },
  {
    name: 'usage of any meter may be reported by users',
    file: 'services/payment/sql/record-usage.ts',
    search: ' and m.reported_by_users',
    replacement: '',
    tests: ['test/flow/usage.test.ts'],
  },
  {
    name: 'billing periods of usage forget the day that they began on',
    file: PERIODS,
    search:
      'case when extract(day from current_end) > extract(day from current_start) then current_end else current_start end',
    replacement: 'current_start',
    tests: ['test/database/usage-periods.test.ts'],
  },
  {
    name: 'usage of a deleted account keeps its id',
    file: ACCOUNTS,
    search: '  update public.usage_days set user_id = nobody where user_id = old.id;\n',
    replacement: '',
    tests: ['test/database/usage-accounts.test.ts'],
  },
];
