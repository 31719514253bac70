// Layer rules for: bin lib local services shared web. Run: depcruise bin lib local services shared web
const S = '^services/([^/]+)/';
const no = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    no('no-circular', 'cycles hide the reading order', {}, { circular: true }),
    no(
      'shared-is-the-bottom',
      'shared may not know its users',
      { path: '^shared/' },
      { path: '^(services|lib|bin|local|web)/' },
    ),
    no(
      'kernel-is-pure',
      'no packages, no node builtins',
      { path: '^shared/kernel/' },
      { pathNot: '^shared/kernel/' },
    ),
    no(
      'errors-know-only-the-kernel',
      'codes are plain data',
      { path: '^shared/errors/' },
      { pathNot: '^shared/(errors|kernel)/' },
    ),
    no(
      'edges-hold-no-data-access',
      'http and queue stacks never reach a database',
      { path: '^shared/(http|queue)/' },
      { path: '^shared/(database|supabase)/' },
    ),
    no(
      'contract-is-data',
      'it is bundled by web and read by cdk',
      { path: '^services/[^/]+/contract\\.ts$' },
      { pathNot: '^(shared/kernel/|node_modules/zod/)' },
    ),
    no(
      'domain-is-pure',
      'domain decides, it never does I/O',
      { path: '^services/[^/]+/domain/' },
      { pathNot: '^(services/[^/]+/domain/|shared/kernel/|shared/errors/)' },
    ),
    no(
      'ports-are-types',
      'a port speaks domain words only',
      { path: '^services/[^/]+/ports\\.ts$' },
      { pathNot: '^(services/[^/]+/domain/|shared/kernel/|shared/messages/)' },
    ),
    no(
      'sql-knows-only-rows',
      'a statement knows the row types and the handle',
      { path: '^services/[^/]+/sql/' },
      {
        pathNot:
          '^(services/[^/]+/(sql|domain)/|shared/(database|kernel|errors)/|node_modules/(@types/)?pg/)',
      },
    ),
    no(
      'providers-know-no-steps',
      'an adapter implements a port',
      { path: '^services/[^/]+/providers/' },
      {
        path: '^(services/[^/]+/(sql|use-cases|handlers|contract|api|reconcile|sweep)|shared/(http|queue|database|config)/)',
      },
    ),
    no(
      'services-are-islands',
      'services meet in shared/messages',
      { path: S },
      { path: '^services/', pathNot: '^services/$1/' },
    ),
    no(
      'use-cases-speak-no-http-and-no-vendor',
      'vendors arrive through ports.ts',
      { path: '^services/[^/]+/use-cases/' },
      {
        path: '^(services/[^/]+/(handlers|providers|api|reconcile|sweep|contract)|shared/(http|queue|config|supabase)/|node_modules/(stripe|@paypal|@supabase|@middy|@aws-|aws-))',
      },
    ),
    no(
      'handlers-do-not-touch-data',
      'handler -> use case -> data',
      { path: '^services/[^/]+/handlers/' },
      {
        path: '^(services/[^/]+/(sql|providers)/|shared/(database|supabase|config)/|node_modules/((@types/)?pg|stripe|@paypal|@supabase)/)',
      },
    ),
    no(
      'pg-only-where-sql-is',
      'pg belongs to sql/ and the entries',
      { path: '^services/', pathNot: '^services/[^/]+/(sql/|api\\.ts|reconcile\\.ts)' },
      { path: '^node_modules/(@types/)?pg/' },
    ),
    no(
      'nothing-imports-an-entry',
      'only local/ and test/ load them',
      { path: '^(services|shared|lib|bin|web)/' },
      { path: '^services/[^/]+/(api|reconcile|sweep)\\.ts$' },
    ),
    no(
      'cdk-sees-contracts-only',
      'lambda code is named by path',
      { path: '^(lib|bin)/' },
      { path: '^(services|shared|local|web)/', pathNot: '^services/[^/]+/contract\\.ts$' },
    ),
    no(
      'web-sees-contracts-only',
      'no server code in the browser bundle',
      { path: '^web/' },
      { path: '^(services|shared|lib|local)/', pathNot: '^services/[^/]+/contract\\.ts$' },
    ),
    no(
      'nobody-imports-local',
      'the dev rig is a leaf',
      { path: '^(services|shared|lib|bin|web)/' },
      { path: '^local/' },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.ts$' },
  },
};
