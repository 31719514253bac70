/** How an import can be written. `#shared/...` aliases are used wherever the target is in shared/. */
export type Form =
  | 'value'
  | 'type'
  | 'inline type'
  | 'namespace'
  | 'side effect'
  | 're-export'
  | 'dynamic'
  | 'require'
  | 'type query';

/** One import that must not be, and the rule that must say so. */
export interface Plant {
  readonly rule: string;
  /** The file that imports. */
  readonly from: string;
  /** A file of the tree, or a package. */
  readonly to: string;
  readonly form?: Form;
}

const FORMS: readonly Form[] = [
  'value',
  'type',
  'inline type',
  'namespace',
  'side effect',
  're-export',
  'dynamic',
  'require',
  'type query',
];

const plant = (rule: string, from: string, to: string, form: Form = 'value'): Plant => ({
  rule,
  from,
  to,
  form,
});

const rulePlants: readonly Plant[] = [
  plant('no-circular', 'services/shop/domain/round-a.ts', 'services/shop/domain/round-b.ts'),
  plant('no-circular', 'services/shop/domain/typed-a.ts', 'services/shop/domain/typed-b.ts', 'type'),
  plant('nothing-unresolved', 'services/shop/use-cases/lost.ts', 'no-such-package'),
  plant('lambda-code-uses-dependencies-only', 'services/shop/use-cases/dev.ts', 'dev-package'),
  plant('shared-is-the-bottom', 'shared/http/knows-service.ts', 'services/shop/contract.ts'),
  plant('shared-is-the-bottom', 'shared/database/knows-local.ts', 'local/start.ts', 'dynamic'),
  plant('kernel-is-pure', 'shared/kernel/builtin.ts', 'node:crypto'),
  plant('kernel-is-pure', 'shared/kernel/package.ts', 'zod'),
  plant('kernel-is-pure', 'shared/kernel/errors.ts', 'shared/errors/app-error.ts', 'type'),
  plant('errors-know-only-the-kernel', 'shared/errors/http.ts', 'shared/http/request.ts', 'type'),
  plant('provider-events-are-pure', 'shared/provider-events/reads-env.ts', 'shared/config/read-env.ts'),
  plant('messages-are-schemas', 'shared/messages/reads-env.ts', 'shared/config/read-env.ts'),
  plant('edges-hold-no-data-access', 'shared/http/query.ts', 'shared/database/pool.ts'),
  plant('edges-hold-no-data-access', 'shared/queue/sign-in.ts', 'shared/identity/authenticate.ts', 'type'),
  plant('database-knows-no-edge', 'shared/database/answer.ts', 'shared/http/request.ts', 'type'),
  plant('identity-stands-on-database-and-http', 'shared/identity/send.ts', 'shared/queue/send-message.ts'),
  plant('identity-stands-on-database-and-http', 'shared/identity/vendor.ts', '@supabase/supabase-js'),
  plant('contract-is-data', 'services/shop/contract.ts', 'services/shop/domain/price.ts', 'type'),
  plant('contract-is-data', 'services/post/contract.ts', 'shared/errors/app-error.ts'),
  plant('contract-is-data', 'services/post/contract/visit-routes.ts', 'services/post/domain/visit.ts'),
  plant('domain-is-pure', 'services/shop/domain/reads.ts', 'services/shop/sql/list.ts', 'type'),
  plant('domain-is-pure', 'services/shop/domain/random.ts', 'node:crypto'),
  plant('domain-is-pure', 'services/shop/domain/validates.ts', 'zod'),
  plant('domain-is-pure', 'services/shop/domain/queries.ts', 'shared/database/queryable.ts', 'type'),
  plant('ports-are-types', 'services/shop/ports.ts', 'services/shop/providers/stripe.ts', 'type'),
  plant('sql-knows-only-rows', 'services/shop/sql/asks.ts', 'services/shop/ports.ts', 'type'),
  plant('sql-knows-only-rows', 'services/shop/sql/step.ts', 'services/shop/use-cases/buy.ts'),
  plant('providers-know-no-steps', 'services/shop/providers/step.ts', 'services/shop/use-cases/buy.ts'),
  plant('providers-know-no-steps', 'services/shop/providers/row.ts', 'services/shop/sql/list.ts', 'type'),
  plant(
    'use-cases-speak-no-http-and-no-vendor',
    'services/shop/use-cases/answers.ts',
    'shared/http/request.ts',
    'type',
  ),
  plant('use-cases-speak-no-http-and-no-vendor', 'services/shop/use-cases/pays.ts', 'stripe', 'dynamic'),
  plant('use-cases-speak-no-http-and-no-vendor', 'services/shop/use-cases/typed.ts', 'stripe', 'type'),
  plant('use-cases-speak-no-http-and-no-vendor', 'services/shop/use-cases/event.ts', 'aws-lambda', 'type'),
  plant('handlers-do-not-touch-data', 'services/shop/handlers/reads.ts', 'services/shop/sql/list.ts'),
  plant('handlers-do-not-touch-data', 'services/shop/handlers/pool.ts', 'shared/database/pool.ts', 'type'),
  plant('handlers-do-not-touch-data', 'services/shop/handlers/asks.ts', 'services/shop/providers/stripe.ts'),
  plant('services-are-islands', 'services/post/use-cases/visits.ts', 'services/shop/domain/price.ts'),
  plant('services-are-islands', 'services/post/handlers/visits.ts', 'services/shop/contract.ts', 'type'),
  plant('only-composition-composes', 'services/shop/handlers/composes.ts', 'services/shop/wire-service.ts'),
  plant('only-composition-composes', 'services/shop/use-cases/env.ts', 'services/shop/env.ts', 'type'),
  plant('composition-is-for-entries', 'services/shop/wire-service.ts', 'shared/config/secrets.ts'),
  plant('env-is-a-schema', 'services/shop/env.ts', 'services/shop/domain/price.ts'),
  plant('nothing-imports-an-entry', 'services/shop/handlers/runs.ts', 'services/shop/api.ts'),
  plant('nothing-imports-an-entry', 'services/shop/use-cases/sweeps.ts', 'services/shop/sweep.ts', 'dynamic'),
  plant('nothing-imports-an-entry', 'lib/loads.ts', 'services/shop/reconcile.ts'),
  plant('pg-only-in-shared-database', 'services/shop/sql/driver.ts', 'pg', 'type'),
  plant('pg-only-in-shared-database', 'services/shop/api.ts', 'pg'),
  plant('vendor-sdks-only-in-providers', 'services/shop/handlers/pays.ts', 'stripe', 'dynamic'),
  plant('vendor-sdks-only-in-providers', 'shared/http/pays.ts', '@paypal/paypal-server-sdk', 'type'),
  plant('cdk-sees-contracts-only', 'lib/uses-code.ts', 'services/shop/domain/price.ts'),
  plant('cdk-sees-contracts-only', 'bin/app.ts', 'shared/kernel/money.ts'),
  plant('browsers-see-contracts-only', 'web/page.ts', 'services/shop/domain/price.ts', 'type'),
  plant('browsers-see-contracts-only', 'client/client.ts', 'shared/http/request.ts', 'type'),
  plant('nobody-imports-local', 'services/shop/use-cases/cheats.ts', 'local/start.ts', 'type'),
  plant('nobody-imports-local', 'lib/cheats.ts', 'local/start.ts'),
  plant('nobody-imports-tests', 'local/fakes.ts', 'test/support/fake.ts'),
  plant('nobody-imports-tests', 'services/shop/use-cases/fakes.ts', 'test/support/fake.ts', 'type'),
];

/** The same two violations in every form an import can have: by a relative path and by the alias. */
const formPlants: readonly Plant[] = FORMS.flatMap((form, index) => [
  plant(
    'services-are-islands',
    `services/post/domain/form-${index}.ts`,
    'services/shop/domain/price.ts',
    form,
  ),
  plant('domain-is-pure', `services/shop/domain/alias-${index}.ts`, 'shared/http/request.ts', form),
  plant('vendor-sdks-only-in-providers', `services/shop/sql/package-${index}.ts`, 'stripe', form),
]);

export const plants: readonly Plant[] = [...rulePlants, ...formPlants];

/** Imports that are right, in the same tree: no rule may speak of these files. */
export const goodImports: readonly Omit<Plant, 'rule'>[] = [
  { from: 'services/good/contract.ts', to: 'shared/kernel/money.ts', form: 'type' },
  { from: 'services/good/domain/decide.ts', to: 'shared/kernel/money.ts' },
  { from: 'services/good/ports.ts', to: 'services/good/domain/decide.ts', form: 'type' },
  { from: 'services/good/sql/list.ts', to: 'shared/database/queryable.ts', form: 'type' },
  { from: 'services/good/use-cases/buy.ts', to: 'services/good/sql/list.ts' },
  { from: 'services/good/providers/stripe.ts', to: 'stripe', form: 'dynamic' },
  { from: 'services/good/handlers/buy.ts', to: 'services/good/use-cases/buy.ts' },
  { from: 'services/good/wire-service.ts', to: 'services/good/handlers/buy.ts' },
  { from: 'services/good/env.ts', to: 'zod' },
  { from: 'services/good/api.ts', to: 'services/good/wire-service.ts' },
  { from: 'services/good/sweep.ts', to: 'shared/config/secrets.ts' },
  { from: 'shared/identity/good.ts', to: 'shared/http/request.ts', form: 'type' },
  { from: 'shared/database/good.ts', to: 'pg' },
  { from: 'lib/good.ts', to: 'services/good/contract.ts', form: 'type' },
  { from: 'web/good.ts', to: 'services/good/contract.ts', form: 'type' },
  { from: 'client/good.ts', to: 'services/good/contract.ts', form: 'type' },
  { from: 'local/good.ts', to: 'services/good/api.ts', form: 'dynamic' },
];
