import type { Mutant } from './mutant';

const webhook = 'services/webhook';

/** Faults that would let somebody in, or believe somebody who is not who he says. */
export const accessMutants: readonly Mutant[] = [
  {
    name: 'a test event moves live money',
    file: 'shared/provider-events/parse-stripe-event.ts',
    search: "  if (livemode !== (expected.mode === 'live')) throw new AppError('webhook_wrong_mode');\n",
    replacement: '',
    tests: ['test/flow/webhook-stripe.test.ts'],
  },
  {
    name: 'old signatures are taken',
    file: `${webhook}/domain/signing-time.ts`,
    search: 'if (Math.abs(Math.floor(receivedAt / 1000) - timestamp) > TOLERANCE_SECONDS)',
    replacement: 'if (timestamp - Math.floor(receivedAt / 1000) > TOLERANCE_SECONDS)',
    tests: ['test/unit/webhook-stripe-signature.test.ts', 'test/simulation/signatures.test.ts'],
  },
  {
    name: 'signatures dated ahead are taken',
    file: `${webhook}/domain/signing-time.ts`,
    search: 'if (Math.abs(Math.floor(receivedAt / 1000) - timestamp) > TOLERANCE_SECONDS)',
    replacement: 'if (Math.floor(receivedAt / 1000) - timestamp > TOLERANCE_SECONDS)',
    tests: ['test/simulation/signatures.test.ts'],
  },
  {
    name: 'only the first v1 is looked at',
    file: `${webhook}/providers/stripe-signature.ts`,
    search: 'header.signatures.map(',
    replacement: 'header.signatures.slice(0, 1).map(',
    tests: ['test/unit/webhook-stripe-signature.test.ts', 'test/simulation/signatures.test.ts'],
  },
  {
    name: 'any certificate will do',
    file: `${webhook}/providers/paypal-chain.ts`,
    search: '  if (issuers === null) return null;\n',
    replacement: '  if (issuers === null) return { key: leaf.publicKey, validUntil: at + 60_000 };\n',
    tests: ['test/unit/webhook-paypal-chain.test.ts'],
  },
  {
    name: "a PayPal body's amounts are believed",
    file: 'shared/provider-events/parse-paypal-event.ts',
    search: 'resource: keepIds(event.resource) ?? {}',
    replacement: 'resource: event.resource',
    tests: ['test/simulation/signatures.test.ts'],
  },
  {
    name: 'personal data is kept',
    file: 'shared/provider-events/parse-stripe-event.ts',
    search: 'JSON.stringify(redactStripeEvent(event))',
    replacement: 'JSON.stringify(event)',
    tests: ['test/unit/webhook-message-is-redacted.test.ts'],
  },
  {
    name: 'a body may be of any size',
    file: 'shared/http/dispatch.ts',
    search: 'if (request.rawBody.length > (route.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES))',
    replacement: 'if (request.rawBody.length > Number.MAX_SAFE_INTEGER)',
    tests: ['test/unit/http-handler.test.ts'],
  },
  {
    name: 'an ended session reads the history',
    file: 'shared/identity/authenticate.ts',
    search: "  if (!session.lives) throw new AppError('session_ended');\n",
    replacement: '',
    tests: ['test/flow/payment-history.test.ts'],
  },
  {
    name: 'anybody reads the history of a payment',
    file: 'services/payment/use-cases/list-history.ts',
    search: 'if (payment === null || payment.userId !== request.userId)',
    replacement: 'if (payment === null)',
    tests: ['test/flow/payment-history.test.ts'],
  },
  {
    name: "anybody confirms somebody else's payment",
    file: 'services/payment/use-cases/confirm-payment.ts',
    search: 'if (payment === undefined || payment.userId !== request.userId)',
    replacement: 'if (payment === undefined)',
    tests: ['test/flow/payment-confirm.test.ts'],
  },
  {
    name: 'signing out leaves the session',
    file: 'services/auth/use-cases/sign-out.ts',
    search: '  if (isSessionToken(credential)) return endOpaqueSession(deps, credential);\n',
    replacement: '  if (isSessionToken(credential)) return;\n',
    tests: ['test/flow/auth.test.ts'],
  },
];
