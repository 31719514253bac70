import type { Mutant } from './mutant';

const http = 'shared/http';
const verifier = 'shared/identity/verify-access-token.ts';
const keySet = 'shared/identity/remote-key-set.ts';
const tokens = ['test/tokens/tokens.test.ts', 'test/unit/auth-access-token.test.ts'] as const;
const fetches = ['test/unit/identity-key-set.test.ts', 'test/unit/auth-access-token.test.ts'] as const;

/** Faults of the door: of tokens, paths, headers, cookies, limits and logs. */
export const doorMutants: readonly Mutant[] = [
  {
    name: 'door: a service key is a user',
    file: verifier,
    search: "  if (claims.role !== 'authenticated') return null;\n",
    replacement: '',
    tests: tokens,
  },
  {
    name: 'door: any project issues our tokens',
    file: verifier,
    search: '  if (claims.iss !== undefined && claims.iss !== issuer) return null;\n',
    replacement: '',
    tests: tokens,
  },
  {
    name: 'door: tokens of another audience are taken',
    file: verifier,
    search: "      audience: 'authenticated',\n",
    replacement: '',
    tests: tokens,
  },
  {
    name: 'door: tokens live for ever',
    file: verifier,
    search: "requiredClaims: ['sub', 'exp'],",
    replacement: "requiredClaims: ['sub'],",
    tests: tokens,
  },
  {
    name: 'door: the shared secret is whatever key is asked for',
    file: verifier,
    search: "ASYMMETRIC.has(header.alg) ? await findKey(header) : header.alg === 'HS256' ? secret : null",
    replacement: "(await findKey({ ...header, alg: 'ES256' })) ?? secret",
    tests: tokens,
  },
  {
    name: 'door: critical extensions are ignored',
    file: verifier,
    search: "typeof alg !== 'string' || crit !== undefined",
    replacement: "typeof alg !== 'string'",
    tests: tokens,
  },
  {
    name: 'door: a token may be spelled in many ways',
    file: verifier,
    search: "  if (!token.split('.').every(isBase64url)) return null;\n",
    replacement: '',
    tests: tokens,
  },
  {
    name: 'door: every unknown key id fetches the keys',
    file: keySet,
    search: '      if (now() - triedAt < PAUSE_MS) return;\n',
    replacement: '',
    tests: fetches,
  },
  {
    name: 'door: keys that cannot be renewed are believed for ever',
    file: keySet,
    search: 'if (keys === null || now() - loadedAt > STALE_MS)',
    replacement: 'if (keys === null)',
    tests: fetches,
  },
  {
    name: 'door: a path is decoded twice',
    file: `${http}/normalise-path.ts`,
    search: '    return decodeURIComponent(segment);',
    replacement: '    return decodeURIComponent(decodeURIComponent(segment));',
    tests: ['test/unit/http-path.test.ts'],
  },
  {
    name: 'door: the second of two credentials counts',
    file: `${http}/dispatch.ts`,
    search: '    refuseAmbiguous(request);\n',
    replacement: '',
    tests: ['test/edge/headers.test.ts'],
  },
  {
    name: 'door: a sibling host plants cookies',
    file: `${http}/request.ts`,
    search: "written.replace(/^[ \\t]+/, '')",
    replacement: 'written.trim()',
    tests: ['test/unit/http-handler.test.ts'],
  },
  {
    name: 'door: the caller chooses what a request is known by',
    file: `${http}/request.ts`,
    search: "event.requestContext?.extendedRequestId ?? '';",
    replacement: "event.requestContext?.requestId ?? '';",
    tests: ['test/unit/http-handler.test.ts'],
  },
  {
    name: 'door: each address of an IPv6 network counts for itself',
    file: `${http}/limit-call.ts`,
    search: '() => addressPrefix(request.sourceIp)',
    replacement: '() => request.sourceIp',
    tests: ['test/flow/rate-limits.test.ts'],
  },
  {
    name: 'door: failures are taken back, too',
    file: `${http}/limit-call.ts`,
    search: '      if (error !== undefined && !isOurTrouble(error)) return;\n',
    replacement: '',
    tests: ['test/flow/guessing.test.ts'],
  },
  {
    name: 'door: an outage uses up the tries of an account',
    file: `${http}/limit-call.ts`,
    search: '!isOurTrouble(error)',
    replacement: 'true',
    tests: ['test/flow/guessing.test.ts'],
  },
  {
    name: 'door: strangers try on while nobody can count',
    file: 'shared/kernel/limiter-failure.ts',
    search: "? 'refuse' : 'allow'",
    replacement: "? 'allow' : 'allow'",
    tests: ['test/flow/rate-limits-failure.test.ts'],
  },
  {
    name: 'door: strangers see how many tries others have left',
    file: `${http}/limit-headers.ts`,
    search: "count === null || (per === 'account' && count.allowed)",
    replacement: 'count === null',
    tests: ['test/unit/limiter.test.ts'],
  },
  {
    name: 'door: the log keeps paths as they came',
    file: 'shared/observability/mask-path.ts',
    search: "(isTold(segment) ? segment : '*')",
    replacement: 'segment',
    tests: ['test/unit/observability-lines.test.ts'],
  },
  {
    name: 'door: the log keeps what drivers say',
    file: 'shared/observability/describe-error.ts',
    search: "name: identifier(error.name) ?? 'Error',",
    replacement: 'name: error.message,',
    tests: ['test/unit/observability-lines.test.ts'],
  },
];
