import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { done } from './answers';
import { csrfHeader, HOUR, password } from './fields';

const row = z.record(z.string(), z.unknown());

/** The account as a whole: taken along, or gone. */
export const accountRoutes = defineContract({
  exportAccount: {
    method: 'GET',
    path: '/api/auth/export',
    summary: 'Everything kept about the caller, as one JSON document',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 10, windowSeconds: HOUR }],
    success: {
      status: 200,
      body: z.strictObject({
        success: z.literal(true),
        exported_at: z.iso.datetime(),
        account: row,
        identities: z.array(row),
        profile: z.nullable(row),
        preferences: z.nullable(row),
        sessions: z.array(row),
        /** The newest 5,000, each with its facts; amounts in ISO 4217 minor units. */
        payments: z.array(row),
        /** What the caller wrote, the newest 5,000; each with its earlier texts. */
        messages: z.array(row),
        conversations: z.array(row),
        /** Whom the caller blocks. */
        blocks: z.array(row),
        /** What the caller uploaded; the contents are behind GET /api/files. */
        files: z.array(row),
        /** The picture among the caller's files. */
        avatar: z.nullable(row),
        subscriptions: z.array(row),
        /** `notifications`, `told` and `mails`, the newest 5,000 of each, and the `choices` about them. */
        notifications: row,
        /** Days in UTC on which a session was used, the newest first. */
        active_days: z.array(z.iso.date()),
        /** `days`, all of them, and `events`, the newest 5,000. */
        usage: row,
      }),
    },
    errors: ['not_found', 'session_ended', 'second_factor_required', 'rate_limited'],
  },
  deleteAccount: {
    method: 'DELETE',
    path: '/api/auth/account',
    summary:
      'Deletes the account, by the current password or within 15 minutes of signing in; payments stay, without a user',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 10, windowSeconds: HOUR }],
    // Whoever holds a session of somebody else's could try passwords.
    onLimiterFailure: 'refuse',
    headers: csrfHeader,
    body: z.strictObject({ current_password: z.optional(password) }),
    success: { status: 200, body: done },
    errors: [
      'csrf_invalid',
      'credentials_invalid',
      'forbidden',
      'subscription_open',
      'role_held',
      'session_ended',
      'second_factor_required',
      'identity_unavailable',
      'rate_limited',
    ],
  },
});
