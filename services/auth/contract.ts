import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';

/** Text that Postgres and JSON can hold: no control characters (but line breaks, where `lines`), no broken Unicode. */
const text = (min: number, max: number, lines = false) =>
  z.string().check(
    z.minLength(min),
    z.maxLength(max),
    z.refine((value) => value.isWellFormed(), 'must be well-formed Unicode'),
    z.refine(
      (value) => !(lines ? /[^\P{Cc}\n\r\t]/u : /\p{Cc}/u).test(value),
      'must not contain control characters',
    ),
  );

const email = z.email().check(z.maxLength(254), z.toLowerCase());

/** bcrypt reads 72 bytes and no more, so a longer password is refused, not cut. */
const newPassword = text(8, 72).check(
  z.refine((value) => new TextEncoder().encode(value).length <= 72, 'must have at most 72 bytes in UTF-8'),
);

const password = z.string().check(z.minLength(1), z.maxLength(256));

const name = z.pipe(z.string().check(z.maxLength(200), z.trim()), text(0, 120));

/** The user's own words about themselves. Decides nothing anywhere; roles are not among it. */
const metadata = (maxChars: number) =>
  z
    .record(
      z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'must be a name of letters, digits and _')),
      z.union(
        [text(0, 1_000, true), z.number(), z.boolean(), z.null()],
        'must be text, a number, true, false or null',
      ),
    )
    .check(
      z.refine((value) => Object.keys(value).length <= 50, 'must have at most 50 entries'),
      z.refine(
        (value) => JSON.stringify(value).length <= maxChars,
        `must have at most ${maxChars} characters of JSON`,
      ),
    );

/** Tokens and codes as Supabase makes them. */
const token = z.string().check(z.regex(/^[\x21-\x7e]{1,2048}$/, 'must be visible ASCII'));

const preferences = z.strictObject({
  /** BCP 47: language, perhaps script, perhaps region. */
  locale: z
    .string()
    .check(
      z.regex(/^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$/, 'must be a language tag such as en-GB'),
    ),
  theme: z.enum(['system', 'light', 'dark']),
  /** IANA name; null: the browser's. */
  timezone: z.nullable(
    z
      .string()
      .check(
        z.maxLength(64),
        z.regex(/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/, 'must be an IANA time zone'),
        z.refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin'),
      ),
  ),
  email_receipts: z.boolean(),
  email_subscription_reminders: z.boolean(),
  email_product_news: z.boolean(),
});

const avatarUrl = z.string().check(
  z.maxLength(2_048),
  z.regex(/^https:\/\/[\x21-\x7e]+$/, 'must be an https address'),
  z.refine((value) => URL.canParse(value), 'must be an https address'),
);

const user = z.strictObject({
  id: z.uuid(),
  email: z.nullable(z.string()),
  name: z.string(),
  /** Our opaque session token; null while there is no session, or where the caller already holds it. */
  token: z.nullable(z.string()),
});

/** As supabase-js wants it in `auth.setSession`. */
const supabaseSession = z.strictObject({
  access_token: z.string(),
  refresh_token: z.string(),
  /** Seconds. */
  expires_in: z.int(),
  /** Seconds since 1970. */
  expires_at: z.int(),
  token_type: z.string(),
  user: z.strictObject({ id: z.uuid(), email: z.nullable(z.string()) }),
});

const signedIn = z.strictObject({
  success: z.literal(true),
  user,
  /** Null while the address is not confirmed, or where the caller already holds it. */
  supabase_session: z.nullable(supabaseSession),
});

const done = z.strictObject({ success: z.literal(true) });

const profile = z.strictObject({
  success: z.literal(true),
  profile: z.strictObject({
    id: z.uuid(),
    email: z.nullable(z.string()),
    name: z.string(),
    avatar_url: z.nullable(z.string()),
    metadata: z.record(z.string(), z.unknown()),
    preferences,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  }),
});

const session = z.strictObject({
  id: z.uuid(),
  opened_by: z.enum(['password', 'email', 'recovery']),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime(),
  /** When it ends if it is not used again. */
  expires_at: z.iso.datetime(),
  user_agent: z.nullable(z.string()),
  address: z.nullable(z.string()),
  /** The session of this request. */
  current: z.boolean(),
});

const csrfHeader = {
  'X-CSRF-Token': 'From GET /api/auth/csrf-token; needed where the browser holds one of our cookies.',
};

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

const MINUTE = 60;
const HOUR = 3_600;

/** The routes of the auth service. */
export const authContract = defineContract({
  signUp: {
    method: 'POST',
    path: '/api/auth/signup',
    summary: 'Makes an account; signs it in unless its address must be confirmed first',
    auth: 'public',
    rateLimits: [{ per: 'address', limit: 20, windowSeconds: HOUR }],
    headers: csrfHeader,
    body: z.strictObject({
      email,
      password: newPassword,
      name: z.optional(name),
      // Supabase puts it into every access token, and those travel in a header.
      data: z.optional(metadata(2_000)),
    }),
    success: { status: 201, body: signedIn },
    errors: ['csrf_invalid', 'email_rejected', 'password_rejected', 'identity_unavailable', 'rate_limited'],
  },
  signIn: {
    method: 'POST',
    path: '/api/auth/signin',
    summary: 'Signs in by password',
    auth: 'public',
    rateLimits: [
      { per: 'address', limit: 60, windowSeconds: 5 * MINUTE },
      { per: 'account', limit: 10, windowSeconds: 15 * MINUTE },
    ],
    headers: csrfHeader,
    body: z.strictObject({ email, password }),
    success: { status: 200, body: signedIn },
    errors: ['csrf_invalid', 'credentials_invalid', 'identity_unavailable', 'rate_limited'],
  },
  refresh: {
    method: 'POST',
    path: '/api/auth/refresh',
    summary: 'A new Supabase access token for a refresh token; the opaque session token stays as it is',
    auth: 'public',
    rateLimits: [{ per: 'address', limit: 120, windowSeconds: MINUTE }],
    body: z.strictObject({ refresh_token: token }),
    success: { status: 200, body: signedIn },
    errors: ['session_ended', 'identity_unavailable', 'rate_limited'],
  },
  signOut: {
    method: 'POST',
    path: '/api/auth/signout',
    summary: 'Ends the session that the credential names, here and at Supabase; may be repeated',
    // Not `user`: the second call's credential names an ended session, and it must be answered like the first.
    auth: 'public',
    rateLimits: [{ per: 'address', limit: 120, windowSeconds: MINUTE }],
    headers: csrfHeader,
    success: { status: 200, body: done },
    errors: ['unauthenticated', 'csrf_invalid'],
  },
  resetPassword: {
    method: 'POST',
    path: '/api/auth/reset-password',
    summary: 'Sends a recovery mail if there is such an account; the answer is the same if not',
    auth: 'public',
    rateLimits: [
      { per: 'address', limit: 10, windowSeconds: HOUR },
      { per: 'account', limit: 5, windowSeconds: HOUR },
    ],
    body: z.strictObject({ email }),
    success: { status: 200, body: done },
    errors: ['identity_unavailable', 'rate_limited'],
  },
  updatePassword: {
    method: 'POST',
    path: '/api/auth/update-password',
    summary:
      'Sets a new password by the current one, or within 15 minutes of a recovery; ends all other sessions',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 10, windowSeconds: HOUR }],
    headers: csrfHeader,
    body: z.strictObject({ password: newPassword, current_password: z.optional(password) }),
    success: { status: 200, body: signedIn },
    errors: [
      'csrf_invalid',
      'credentials_invalid',
      'forbidden',
      'password_rejected',
      'identity_unavailable',
      'rate_limited',
    ],
  },
  verify: {
    method: 'POST',
    path: '/api/auth/verify',
    summary: 'Redeems what a mail brought: token_hash, or token with email',
    auth: 'public',
    rateLimits: [
      { per: 'address', limit: 60, windowSeconds: 15 * MINUTE },
      { per: 'account', limit: 10, windowSeconds: 15 * MINUTE },
    ],
    headers: csrfHeader,
    body: z
      .strictObject({
        type: z.enum(['signup', 'invite', 'magiclink', 'recovery', 'email']),
        token_hash: z.optional(token),
        email: z.optional(email),
        token: z.optional(token),
      })
      .check(
        z.refine(
          (body) =>
            body.token_hash === undefined
              ? body.email !== undefined && body.token !== undefined
              : body.email === undefined && body.token === undefined,
          'must have either token_hash, or token and email',
        ),
      ),
    success: { status: 200, body: signedIn },
    errors: ['csrf_invalid', 'verification_invalid', 'identity_unavailable', 'rate_limited'],
  },
  getProfile: {
    method: 'GET',
    path: '/api/auth/profile',
    summary: "The caller's profile and preferences",
    auth: 'user',
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: MINUTE }],
    success: { status: 200, body: profile },
    errors: ['not_found'],
  },
  updateProfile: {
    method: 'PATCH',
    path: '/api/auth/profile',
    summary: 'Changes what is given; metadata is replaced as a whole',
    auth: 'user',
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: MINUTE }],
    headers: csrfHeader,
    body: z.strictObject({
      name: z.optional(name),
      avatar_url: z.optional(z.nullable(avatarUrl)),
      metadata: z.optional(metadata(16_000)),
      preferences: z.optional(z.partial(preferences)),
    }),
    success: { status: 200, body: profile },
    errors: ['csrf_invalid', 'not_found'],
  },
  getCsrfToken: {
    method: 'GET',
    path: '/api/auth/csrf-token',
    summary: 'The token for X-CSRF-Token: of the cookie session, or for signing in',
    auth: 'public',
    rateLimits: [{ per: 'address', limit: 120, windowSeconds: MINUTE }],
    success: { status: 200, body: z.strictObject({ success: z.literal(true), csrf_token: z.string() }) },
    errors: [],
  },
  listSessions: {
    method: 'GET',
    path: '/api/auth/sessions',
    summary: "The caller's live sessions, the last used first",
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: MINUTE }],
    success: {
      status: 200,
      body: z.strictObject({ success: z.literal(true), sessions: z.array(session) }),
    },
    errors: ['session_ended'],
  },
  endSession: {
    method: 'DELETE',
    path: '/api/auth/sessions/{id}',
    summary: "Ends one of the caller's sessions, here and at Supabase",
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: MINUTE }],
    headers: csrfHeader,
    params: z.strictObject({ id: z.uuid() }),
    success: { status: 200, body: done },
    errors: ['csrf_invalid', 'not_found', 'session_ended'],
  },
});
