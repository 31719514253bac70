import fc from 'fast-check';

/** How the body differs from the least that the route accepts. */
export type BodyPlan =
  | { readonly kind: 'valid' }
  | { readonly kind: 'none' }
  /** One field takes another value: the n-th, or one of that name. */
  | { readonly kind: 'field'; readonly field: number | string; readonly value: unknown }
  | { readonly kind: 'raw'; readonly value: unknown };

/** What fails beside the request while it is answered. */
export const TROUBLES = ['identity', 'provider', 'queue', 'database'] as const;
export type Trouble = (typeof TROUBLES)[number];

/** A request in the making: people and objects are chosen by number, so that one seed means one run. */
export interface Attempt {
  readonly route: number;
  readonly spelling: (path: string) => string;
  /** Null: the route's own. */
  readonly method: string | null;
  /** Whose object it names; or that text in its place. */
  readonly names: 'own' | 'foreign' | 'random' | { readonly text: string };
  readonly caller: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: BodyPlan;
  readonly trouble: Trouble | null;
}

const nasty = fc.constantFrom(
  '',
  ' ',
  '\0',
  '../',
  '%00',
  '%2e%2e%2f',
  '🤷',
  '\ud800',
  "'; drop table payments; --",
  '{{7*7}}',
  '-1',
  '1e999',
  'null',
  '__proto__',
  'constructor',
  '99999999999999999999',
  '2026-02-30',
  '0000-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  'a'.repeat(5_000),
  '00000000-0000-4000-8000-000000000000',
);

const json = fc.oneof(fc.jsonValue({ maxDepth: 4 }), nasty);

const headers = fc.dictionary(
  fc.constantFrom(
    'Authorization',
    'Cookie',
    'Origin',
    'Idempotency-Key',
    'X-CSRF-Token',
    'Content-Type',
    'Stripe-Signature',
    'PAYPAL-CERT-URL',
    'PAYPAL-TRANSMISSION-TIME',
    'User-Agent',
    'X-Forwarded-For',
    'X-HTTP-Method-Override',
    'Accept',
    '__proto__',
  ),
  fc.oneof(fc.string(), nasty, fc.array(fc.string(), { maxLength: 3 })),
  { maxKeys: 3 },
);

const FIELDS = [
  'provider',
  'price',
  'amount',
  'currency',
  'payment_intent_id',
  'order_id',
  'email',
  'password',
  'current_password',
  'name',
  'data',
  'metadata',
  'token',
  'token_hash',
  'type',
  'preferences',
  'avatar_url',
  'redirect_to',
  'until',
  'reason',
  'role',
  'from',
  'to',
  'cursor',
  'code',
  '__proto__',
];

const values = fc.oneof(
  json,
  fc.constantFrom<unknown>('stripe', 'paypal', 'pro', 'donation', 'tokyo-guide', 'USD', 'JPY', 'usd'),
  fc.integer(),
  fc.double(),
  fc.emailAddress(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.uuid(),
);

const body: fc.Arbitrary<BodyPlan> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<BodyPlan>({ kind: 'valid' }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('field' as const),
      field: fc.oneof(fc.nat(), fc.constantFrom(...FIELDS)),
      value: values,
    }),
  },
  { weight: 1, arbitrary: fc.constant<BodyPlan>({ kind: 'none' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('raw' as const),
      value: fc.oneof(
        json,
        fc.string(),
        fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
        fc.constant('['.repeat(10_000)),
        fc.constant(`{"data":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`),
        fc.constant('{"__proto__":{"admin":true},"constructor":{"prototype":{}}}'),
        fc.constant(`"${'x'.repeat(70_000)}"`),
      ),
    }),
  },
);

const query = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      'limit',
      'cursor',
      'status',
      'provider',
      'email',
      'id',
      'from',
      'to',
      'actor',
      'action',
      'target',
      'outcome',
      'payment',
      'open',
      'code',
    ),
    fc.string(),
  ),
  fc.oneof(
    nasty,
    fc.string(),
    fc.uuid(),
    fc.constantFrom('1', '100', 'true', 'stripe', 'review', 'roles.change'),
  ),
  { maxKeys: 3 },
);

/** Requests from quite right to quite wrong, to every route alike. */
export const arbitraryAttempt: fc.Arbitrary<Attempt> = fc.record({
  route: fc.nat(),
  spelling: fc.oneof(
    { weight: 6, arbitrary: fc.constant((path: string) => path) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        (path: string) => `${path}/`,
        (path: string) => path.replaceAll('/', '//'),
        (path: string) => path.toUpperCase(),
        (path: string) => `${path}/..`,
        (path: string) => `${path}%2f`,
        (path: string) => `${path};x=1`,
      ),
    },
  ),
  method: fc.oneof(
    { weight: 9, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'TRACE', 'get'),
    },
  ),
  names: fc.oneof(
    fc.constantFrom<Attempt['names']>('own', 'foreign', 'random'),
    fc.oneof(fc.uuid(), nasty, fc.string()).map((text) => ({ text })),
  ),
  caller: fc.nat(),
  headers: fc.oneof(fc.constant({}), headers),
  query: fc.oneof(fc.constant({}), query),
  body,
  trouble: fc.oneof(
    { weight: 19, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(...TROUBLES) },
  ),
});
