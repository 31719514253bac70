import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { done, signedIn } from './answers';
import { csrfHeader, email, HOUR, newPassword, password } from './fields';

/** Passwords, forgotten and changed. */
export const passwordRoutes = defineContract({
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
    errors: ['queue_unavailable', 'rate_limited'],
  },
  updatePassword: {
    method: 'POST',
    path: '/api/auth/update-password',
    summary:
      'Sets a new password by the current one, or within 15 minutes of a recovery; ends all other sessions',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 10, windowSeconds: HOUR }],
    // Whoever holds a session of somebody else's could try passwords.
    onLimiterFailure: 'refuse',
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
});
