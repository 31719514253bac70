import { createSecretKey } from 'node:crypto';
import {
  decodeProtectedHeader,
  type JSONWebKeySet,
  type JWSHeaderParameters,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import { fetchKeySet, issuerOf } from '#shared/identity/fetch-key-set';
import { makeRemoteKeySet } from '#shared/identity/remote-key-set';
import { isUuid, type Now } from '#shared/kernel/ids';

/** What a valid Supabase access token says. Roles and metadata in it are not believed: they live in private.roles. */
export interface AccessToken {
  readonly userId: string;
  /** The Supabase session (auth.sessions.id); null when the token names none. */
  readonly sessionId: string | null;
}

/**
 * Null when the token is not one of ours, or no longer.
 * Throws AppError `identity_unavailable` when the signing keys cannot be fetched.
 */
export type VerifyAccessToken = (token: string) => Promise<AccessToken | null>;

export interface VerifyAccessTokenOptions {
  /** The project's base, such as `https://abc.supabase.co`. */
  readonly supabaseUrl: string;
  /** The shared secret of projects that still sign by HS256; without it such tokens are refused. */
  readonly jwtSecret?: string | undefined;
  readonly now: Now;
  /** Fetches the public keys; default: from the project, over the network. */
  readonly loadKeySet?: () => Promise<JSONWebKeySet>;
}

const ASYMMETRIC = new Set(['ES256', 'RS256']);

/** Seconds that clocks may differ. */
const TOLERANCE_SECONDS = 5;

/** Supabase's are one to two kilobytes; more is not worth decoding. */
const MAX_TOKEN_LENGTH = 8_192;

const FETCH_TIMEOUT_MS = 3_000;

/** Three parts, so nothing encrypted; anything but base64url is found below. */
const COMPACT = /^[^.]+\.[^.]+\.[^.]+$/;

/**
 * Verifies Supabase access tokens in this process. The header's algorithm only chooses between a public key and the shared
 * secret; each is used with its own algorithms and no other, so neither can stand in for the other, and keys or addresses
 * that a token brings along (`jwk`, `jku`, `x5u`) are never looked at.
 *
 * Stricter than jose where it lets several spellings of one token pass: white space, padding, the other base64 alphabet and
 * loose bits at the end of a part are refused, as are extensions (`crit`), other types of token, and key ids that are no text.
 */
export const makeVerifyAccessToken = (options: VerifyAccessTokenOptions): VerifyAccessToken => {
  const { supabaseUrl, jwtSecret, now } = options;
  const issuer = issuerOf(supabaseUrl);
  const secret = jwtSecret === undefined ? null : createSecretKey(Buffer.from(jwtSecret, 'utf8'));
  const findKey = makeRemoteKeySet({
    load: options.loadKeySet ?? (() => fetchKeySet(supabaseUrl, FETCH_TIMEOUT_MS)),
    now,
  });

  return async (token) => {
    const header = readHeader(token);
    if (header === null) return null;
    const key = ASYMMETRIC.has(header.alg) ? await findKey(header) : header.alg === 'HS256' ? secret : null;
    if (key === null) return null;
    const claims = await jwtVerify(token, key, {
      algorithms: [header.alg],
      audience: 'authenticated',
      requiredClaims: ['sub', 'exp'],
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: new Date(now()),
    }).then(
      ({ payload }) => payload,
      () => null,
    );
    return claims === null ? null : readClaims(claims, issuer, now());
  };
};

type SignedHeader = JWSHeaderParameters & { readonly alg: NonNullable<JWSHeaderParameters['alg']> };

const readHeader = (token: string): SignedHeader | null => {
  if (token.length > MAX_TOKEN_LENGTH || !COMPACT.test(token)) return null;
  if (!token.split('.').every(isBase64url)) return null;
  try {
    const { alg, kid, typ, crit }: Readonly<Record<string, unknown>> = decodeProtectedHeader(token);
    if (typeof alg !== 'string' || crit !== undefined) return null;
    if (typ !== undefined && !(typeof typ === 'string' && typ.toUpperCase() === 'JWT')) return null;
    if (kid === undefined) return { alg };
    return typeof kid === 'string' ? { alg, kid } : null;
  } catch {
    return null;
  }
};

/** Whether a part is written as RFC 7515 writes bytes, which is in one way only. */
const isBase64url = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part;

/** What jwtVerify does not check: the embedded Supabase leaves `iss` out, so it counts only where it is. */
const readClaims = (claims: JWTPayload, issuer: string, nowMs: number): AccessToken | null => {
  if (claims.iss !== undefined && claims.iss !== issuer) return null;
  if (claims.iat !== undefined && claims.iat > nowMs / 1_000 + TOLERANCE_SECONDS) return null;
  if (claims.role !== 'authenticated') return null;
  const { sub, session_id: sessionId = null }: Readonly<Record<string, unknown>> = claims;
  if (!isId(sub) || !(sessionId === null || isId(sessionId))) return null;
  return { userId: sub, sessionId };
};

const isId = (value: unknown): value is string => typeof value === 'string' && isUuid(value);
