import { errors, jwtVerify } from 'jose';
import { API_ROLES, type Claims } from './claims';

/** Why somebody is refused, in Realtime's words. */
export type Refusal = { code: string; message: string };

/** A bearer, or why there is none. */
export type Verified = { claims: Claims } | { refusal: Refusal };

/** Says who bears a token or an API key. */
export type VerifyToken = (token: unknown) => Promise<Verified>;

export type TokenKeys = { jwtSecret: string; publishableKey: string; secretKey: string; now: () => number };

const MALFORMED: Refusal = { code: 'MalformedJWT', message: 'The token provided is not a valid JWT' };

/** An API key does not end. */
const NEVER = 4_102_444_800;

/**
 * Verifies tokens signed with the project's secret (HS256), and the two API keys of the project, which stand for the roles
 * that Supabase's gateway gives them.
 */
export function makeVerifyToken({ jwtSecret, publishableKey, secretKey, now }: TokenKeys): VerifyToken {
  const key = new TextEncoder().encode(jwtSecret);
  const keyRoles = new Map([
    [publishableKey, 'anon'],
    [secretKey, 'service_role'],
  ]);
  return async (token) => {
    if (typeof token !== 'string') return { refusal: MALFORMED };
    const role = keyRoles.get(token);
    if (role !== undefined) return { claims: { role, exp: NEVER } };
    try {
      const currentDate = new Date(now());
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], currentDate });
      return accept(payload);
    } catch (error) {
      return { refusal: refusalFor(error, now()) };
    }
  };
}

function accept({ role, exp, ...others }: Record<string, unknown>): Verified {
  if (typeof role !== 'string' || typeof exp !== 'number') {
    return { refusal: { code: 'InvalidJWTToken', message: 'Fields `role` and `exp` are required in JWT' } };
  }
  if (!API_ROLES.includes(role)) {
    return { refusal: { code: 'Unauthorized', message: `permission denied to set role "${role}"` } };
  }
  return { claims: { ...others, role, exp } };
}

function refusalFor(error: unknown, now: number): Refusal {
  if (error instanceof errors.JWTExpired) {
    const { exp = 0 } = error.payload;
    const message = `Token has expired ${Math.floor(now / 1000) - exp} seconds ago`;
    return { code: 'InvalidJWTToken', message };
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed) {
    return { code: 'JwtSignatureError', message: 'Failed to validate JWT signature' };
  }
  return MALFORMED;
}
