import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { done } from './answers';
import { csrfHeader, email, HOUR, password, redirectTo } from './fields';

const perMail = [
  { per: 'address', limit: 10, windowSeconds: HOUR },
  { per: 'account', limit: 5, windowSeconds: HOUR },
] as const;

/** Routes that have a mail sent, behind their answer; none tells whether there is such an account (docs/enumeration.md). */
export const mailRoutes = defineContract({
  resendConfirmation: {
    method: 'POST',
    path: '/api/auth/resend',
    summary:
      'Sends the confirmation mail of a sign-up once more; the answer is the same if none is waited for',
    auth: 'public',
    rateLimits: perMail,
    headers: csrfHeader,
    body: z.strictObject({ email }),
    success: { status: 200, body: done },
    errors: ['csrf_invalid', 'queue_unavailable', 'rate_limited'],
  },
  sendMagicLink: {
    method: 'POST',
    path: '/api/auth/magic-link',
    summary: 'Sends a link and a code to sign in with; the answer is the same if there is no such account',
    auth: 'public',
    rateLimits: perMail,
    headers: csrfHeader,
    body: z.strictObject({ email, redirect_to: z.optional(redirectTo) }),
    success: { status: 200, body: done },
    errors: ['csrf_invalid', 'redirect_not_allowed', 'queue_unavailable', 'rate_limited'],
  },
  changeEmail: {
    method: 'POST',
    path: '/api/auth/email',
    summary:
      'Asks a new address to confirm, by the current password or within 15 minutes of signing in; verify it with type email_change',
    auth: 'user',
    liveSession: true,
    rateLimits: [
      { per: 'user', limit: 10, windowSeconds: HOUR },
      { per: 'account', limit: 5, windowSeconds: HOUR },
    ],
    // Whoever holds a session of somebody else's could try passwords.
    onLimiterFailure: 'refuse',
    headers: csrfHeader,
    body: z.strictObject({ email, current_password: z.optional(password) }),
    success: { status: 200, body: done },
    errors: [
      'csrf_invalid',
      'credentials_invalid',
      'forbidden',
      'session_ended',
      'second_factor_required',
      'queue_unavailable',
      'identity_unavailable',
      'rate_limited',
    ],
  },
});
