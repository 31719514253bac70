// Who may import whom. test/architecture/layers.test.ts runs this over the sources and proves by planted violations that
// each rule catches what it is for. By hand: depcruise --config .dependency-cruiser.cjs bin lib local services shared

const SERVICE = '^services/([^/]+)/';
const ENTRY = '^services/[^/]+/(api|changes|inspect|mail|outbox|reconcile|sweep|sweep-changes)\\.ts$';
/** Puts a service together from checked configuration; reads no environment itself. */
const COMPOSITION = '^services/[^/]+/(env|wire-[^/]+)\\.ts$';
const VENDOR_SDK = '^node_modules/(stripe|@paypal|@supabase)/';
const PG = '^node_modules/(@types/)?pg/';
const PRODUCT = '^(services|shared|lib|bin|web|client)/';

const no = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    no('no-circular', 'cycles hide the reading order', {}, { circular: true }),
    no('nothing-unresolved', 'what cannot be found cannot be judged', {}, { couldNotResolve: true }),
    no(
      'lambda-code-uses-dependencies-only',
      'a development package is not there in production; its types may be',
      { path: '^(services|shared)/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '^node_modules/@types/' },
    ),

    // shared/
    no(
      'shared-is-the-bottom',
      'shared may not know its users',
      { path: '^shared/' },
      { path: '^(services|lib|bin|local|web|client|test)/' },
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
      'messages-are-schemas',
      'both ends of the queue read them',
      { path: '^shared/messages/' },
      { pathNot: '^(shared/(messages|kernel)/|node_modules/zod/)' },
    ),
    no(
      'provider-events-are-pure',
      'whoever takes an event in reads and redacts it alike',
      { path: '^shared/provider-events/' },
      { pathNot: '^shared/(provider-events|kernel|errors)/' },
    ),
    no(
      'edges-hold-no-data-access',
      'http and queue stacks never reach a database, nor those who do',
      { path: '^shared/(http|queue)/' },
      { path: ['^shared/(database|supabase|identity)/', PG] },
    ),
    no(
      'database-knows-no-edge',
      'a connection does not know who asks',
      { path: '^shared/database/' },
      { path: '^shared/(http|queue|identity|supabase|messages)/' },
    ),
    no(
      'identity-stands-on-database-and-http',
      'it turns credentials of a request into rows of a table, and needs nothing else',
      { path: '^shared/identity/' },
      { path: ['^shared/(queue|supabase|messages|observability)/', VENDOR_SDK] },
    ),

    // services/
    no(
      'contract-is-data',
      'it is bundled by web and read by cdk',
      { path: '^services/[^/]+/contract(\\.ts$|/)' },
      { pathNot: '^(services/[^/]+/contract/|shared/kernel/|node_modules/zod/)' },
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
      { pathNot: '^(services/[^/]+/(sql|domain)/|shared/(database|kernel|errors)/)' },
    ),
    no(
      'providers-know-no-steps',
      'an adapter implements a port',
      { path: '^services/[^/]+/providers/' },
      {
        path: '^(services/[^/]+/(sql|use-cases|handlers|contract)|shared/(http|queue|database|identity)/)',
      },
    ),
    no(
      'use-cases-speak-no-http-and-no-vendor',
      'vendors arrive through ports.ts',
      { path: '^services/[^/]+/use-cases/' },
      {
        path: '^(services/[^/]+/(handlers|providers|contract)|shared/(http|queue|config|supabase)/|node_modules/(stripe|@paypal|@supabase|@middy|@aws-|aws-|@types/aws-))',
      },
    ),
    no(
      'handlers-do-not-touch-data',
      'handler -> use case -> data',
      { path: '^services/[^/]+/handlers/' },
      {
        path: '^(services/[^/]+/(sql|providers)/|shared/(database|supabase|config)/|shared/identity/(authenticate|find-session)|node_modules/((@types/)?pg|stripe|@paypal|@supabase)/)',
      },
    ),
    no(
      'services-are-islands',
      'services meet in shared/messages',
      { path: SERVICE },
      { path: '^services/', pathNot: '^services/$1/' },
    ),
    no(
      'only-composition-composes',
      'the parts of a service are given what they need',
      { path: '^services/', pathNot: [ENTRY, COMPOSITION] },
      { path: COMPOSITION },
    ),
    no(
      'composition-is-for-entries',
      'wire-*.ts and env.ts know parts and schemas; secrets, clocks and process.env come from the entry',
      { path: COMPOSITION },
      { path: '^shared/(config|queue|observability)/', pathNot: '^shared/observability/logger\\.ts$' },
    ),
    no(
      'env-is-a-schema',
      'what an entry reads, as data',
      { path: '^services/[^/]+/env\\.ts$' },
      { pathNot: '^(shared/kernel/|node_modules/zod/)' },
    ),
    no('nothing-imports-an-entry', 'only local/ and test/ load them', { path: PRODUCT }, { path: ENTRY }),

    // packages
    no(
      'pg-only-in-shared-database',
      'everybody else has a Queryable',
      { path: '^(services|shared)/', pathNot: '^shared/database/' },
      { path: PG },
    ),
    no(
      'vendor-sdks-only-in-providers',
      'one file knows a vendor, so that one file changes with it',
      { path: '^(services|shared)/', pathNot: '^(services/[^/]+/providers|shared/supabase)/' },
      { path: VENDOR_SDK },
    ),

    // the rest of the tree
    no(
      'cdk-sees-contracts-only',
      'lambda code is named by path',
      { path: '^(lib|bin)/' },
      { path: '^(services|shared|local|web|client)/', pathNot: '^services/[^/]+/contract\\.ts$' },
    ),
    no(
      'browsers-see-contracts-only',
      'no server code in the web bundle or the client package',
      { path: '^(web|client)/' },
      {
        path: '^(services|shared|lib|local)/',
        pathNot: '^(services/[^/]+/contract\\.ts$|shared/kernel/)',
      },
    ),
    no('nobody-imports-local', 'the dev rig is a leaf', { path: PRODUCT }, { path: '^local/' }),
    no(
      'nobody-imports-tests',
      'and so are they',
      { path: '^(services|shared|lib|bin|web|client|local)/' },
      { path: '^(test|bench)/' },
    ),
  ],
  options: {
    // Types count as imports: a layer that needs another's types knows that layer.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.ts$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'require', 'default'],
    },
  },
};
