import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { done, signedIn, signedUp, verified } from './answers';
import { csrfHeader, email, HOUR, MINUTE, metadata, name, newPassword, password, token } from './fields';

/** How people get in: by password or by what a mail brought. */
export const entryRoutes = defineContract({
  signUp: {
    method: 'POST',
    path: '/api/auth/signup',
    summary: 'Makes an account; signs it in unless its address must be confirmed first',
    auth: 'public',
    // Not the account, or strangers could keep its owner from making it: its mails are counted behind the answer.
    rateLimits: [{ per: 'address', limit: 20, windowSeconds: HOUR }],
    headers: csrfHeader,
    body: z.strictObject({
      email,
      password: newPassword,
      name: z.optional(name),
      // Supabase puts it into every access token, and those travel in a header.
      data: z.optional(metadata(2_000)),
    }),
    success: { status: 201, body: signedUp },
    errors: [
      'csrf_invalid',
      'email_rejected',
      'password_rejected',
      'queue_unavailable',
      'identity_unavailable',
      'rate_limited',
    ],
  },
  signIn: {
    method: 'POST',
    path: '/api/auth/signin',
    summary: 'Signs in by password',
    auth: 'public',
    rateLimits: [
      { per: 'address', limit: 60, windowSeconds: 5 * MINUTE },
      { per: 'account', limit: 10, windowSeconds: 15 * MINUTE, counts: 'failures' },
    ],
    headers: csrfHeader,
    body: z.strictObject({ email, password }),
    success: { status: 200, body: signedIn },
    errors: ['csrf_invalid', 'credentials_invalid', 'identity_unavailable', 'rate_limited'],
  },
  refresh: {
    method: 'POST',
    path: '/api/auth/refresh',
    summary:
      'A new Supabase access token for a refresh token; without one, a new opaque token for that of the request',
    // Not `user`: a refresh token is a credential of its own, and the access token beside it may have expired.
    auth: 'public',
    rateLimits: [{ per: 'address', limit: 120, windowSeconds: MINUTE }],
    // Nobody guesses a refresh token, and without a new access token a client stands still.
    onLimiterFailure: 'allow',
    headers: csrfHeader,
    body: z.strictObject({ refresh_token: z.optional(token) }),
    success: { status: 200, body: signedIn },
    errors: [
      'unauthenticated',
      'csrf_invalid',
      'session_ended',
      'session_token_reused',
      'identity_unavailable',
      'rate_limited',
    ],
  },
  signOut: {
    method: 'POST',
    path: '/api/auth/signout',
    summary: 'Ends the session that the credential names, here and at Supabase; may be repeated',
    // Not `user`: the second call's credential names an ended session, and it must be answered like the first.
    auth: 'public',
    rateLimits: [{ per: 'address', limit: 120, windowSeconds: MINUTE }],
    onLimiterFailure: 'allow',
    headers: csrfHeader,
    success: { status: 200, body: done },
    errors: ['unauthenticated', 'csrf_invalid'],
  },
  verify: {
    method: 'POST',
    path: '/api/auth/verify',
    summary: 'Redeems what a mail brought: token_hash, or token with email',
    auth: 'public',
    rateLimits: [
      { per: 'address', limit: 60, windowSeconds: 15 * MINUTE },
      { per: 'account', limit: 10, windowSeconds: 15 * MINUTE, counts: 'failures' },
    ],
    headers: csrfHeader,
    body: z
      .strictObject({
        type: z.enum(['signup', 'invite', 'magiclink', 'recovery', 'email', 'email_change']),
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
    success: { status: 200, body: verified },
    errors: ['csrf_invalid', 'verification_invalid', 'identity_unavailable', 'rate_limited'],
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
});
