import type { Mutant } from './mutant';

const migration = 'supabase/migrations/20261122000430_administer_accounts.sql';

/** Faults that would let somebody do what is not theirs to do, or without a trace. */
export const roleMutants: readonly Mutant[] = [
  {
    name: 'support is as good as admin',
    file: 'shared/http/dispatch.ts',
    search: 'support: 1, admin: 2 }',
    replacement: 'support: 2, admin: 2 }',
    tests: ['test/authorization/matrix.test.ts'],
  },
  {
    name: "anybody cancels somebody else's payment",
    file: 'services/payment/use-cases/cancel-payment.ts',
    search: 'if (payment === null || payment.userId !== request.userId)',
    replacement: 'if (payment === null)',
    tests: ['test/authorization/matrix.test.ts'],
  },
  {
    name: "somebody else's payment is told from none",
    file: 'services/payment/use-cases/list-history.ts',
    search:
      "  if (payment === null || payment.userId !== request.userId) throw new AppError('payment_not_found');\n",
    replacement:
      "  if (payment === null) throw new AppError('payment_not_found');\n  if (payment.userId !== request.userId) throw new AppError('payment_not_found', { detail: 'not yours' });\n",
    tests: ['test/authorization/matrix.test.ts'],
  },
  {
    name: "anybody ends somebody else's session",
    file: 'services/auth/sql/end-own-session.ts',
    search: 'where id = $1 and user_id = $2',
    replacement: 'where id = $1 and ($2::uuid is not null)',
    tests: ['test/authorization/matrix.test.ts'],
  },
  {
    name: 'a banned account still acts',
    file: 'supabase/migrations/20261122000140_create_sessions.sql',
    search: '      and (u.banned_until is null or u.banned_until <= now())\n',
    replacement: '',
    tests: ['test/authorization/matrix.test.ts'],
  },
  {
    name: 'a cookie alone changes things',
    file: 'shared/http/dispatch.ts',
    search: '  checkCsrf(request, identity, options.allowedOrigins);\n',
    replacement: '',
    tests: ['test/authorization/matrix.test.ts'],
  },
  {
    name: 'an admin takes the own role',
    file: migration,
    search:
      "  if of_user = actor then\n    return query select 'own_account', null::text;\n    return;\n  end if;\n",
    replacement: '',
    tests: ['test/authorization/matrix.test.ts'],
  },
  {
    name: 'two admins take the role from each other',
    file: migration,
    search: "where r.role = 'admin' order by r.user_id for update;",
    replacement: "where r.role = 'admin' order by r.user_id;",
    tests: ['test/flow/back-office.test.ts'],
  },
  {
    name: 'a change of roles leaves no line',
    file: 'services/auth/use-cases/change-role.ts',
    search: 'if (wasChanged(outcome)) {',
    replacement: 'if (wasChanged(outcome) && userId === actor.userId) {',
    tests: ['test/authorization/audit-lines.test.ts'],
  },
  {
    name: 'a refund is not written down before the provider is asked',
    file: 'services/payment/use-cases/refund-payment.ts',
    search: "      action: 'payments.refund',\n",
    replacement: "      action: 'payments.refunded',\n",
    tests: ['test/authorization/audit-lines.test.ts'],
  },
  {
    name: 'unknown fields are dropped without a word',
    file: 'services/payment/contract/purchase-routes.ts',
    search: 'body: z.strictObject({\n      provider,',
    replacement: 'body: z.object({\n      provider,',
    tests: ['test/authorization/unknown-fields.test.ts'],
  },
];
