import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { sentTo } from './answers';
import { MINUTE, redirectTo } from './fields';

const perAddress = [{ per: 'address', limit: 60, windowSeconds: 15 * MINUTE }] as const;

/** Signing in with an account of another site; for browsers, which are sent there and come back. */
export const socialRoutes = defineContract({
  startSocial: {
    method: 'GET',
    path: '/api/auth/oauth/{provider}',
    summary: 'Sends the browser to GitHub or Google to sign in; redirect_to is where it ends up',
    auth: 'public',
    rateLimits: perAddress,
    params: z.strictObject({ provider: z.enum(['github', 'google']) }),
    query: z.strictObject({ redirect_to: z.optional(redirectTo) }),
    success: { status: 303, body: sentTo },
    errors: ['redirect_not_allowed', 'not_supported', 'identity_unavailable', 'rate_limited'],
  },
  finishSocial: {
    method: 'GET',
    path: '/api/auth/callback',
    summary:
      'Where the browser comes back: sets the session cookie and sends it on; auth_error in the address says what went wrong',
    auth: 'public',
    rateLimits: perAddress,
    // Not strict: what else comes along is the other site's business, and nobody here reads it.
    query: z.object({
      code: z.optional(z.string().check(z.regex(/^[\x21-\x7e]{1,512}$/))),
      error: z.optional(z.string().check(z.maxLength(200))),
    }),
    success: { status: 303, body: sentTo },
    errors: ['identity_unavailable', 'rate_limited'],
  },
});
