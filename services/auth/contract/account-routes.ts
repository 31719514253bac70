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
    summary: 'Everything kept about the caller, in pages; the lists of all pages together are the whole',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: HOUR }],
    query: z.strictObject({
      /** `next_cursor` of the page before. */
      cursor: z.optional(z.string().check(z.regex(/^[\w-]{1,300}$/))),
    }),
    success: {
      status: 200,
      body: z.strictObject({
        success: z.literal(true),
        exported_at: z.iso.datetime(),
        /** Asks for the next page; null on the last. A page has about 2.5 MB, and most accounts have one. */
        next_cursor: z.nullable(z.string()),
        // On every page.
        account: row,
        profile: z.nullable(row),
        preferences: z.nullable(row),
        // Newest first; each goes on where it ended on the page before.
        identities: z.array(row),
        sessions: z.array(row),
        /** Each with its facts; amounts in ISO 4217 minor units. */
        payments: z.array(row),
        /** What the caller wrote. */
        messages: z.array(row),
        /** What these said before they were edited. */
        message_edits: z.array(row),
        conversations: z.array(row),
        /** Whom the caller blocks. */
        blocks: z.array(row),
        /** What the caller uploaded; the contents are behind GET /api/files. */
        files: z.array(row),
        subscriptions: z.array(row),
        notifications: z.array(row),
        notification_choices: z.array(row),
        /** What is remembered of notifications, so that none is sent twice. */
        notices: z.array(row),
        mails: z.array(row),
        /** Days in UTC on which a session was used. */
        active_days: z.array(z.iso.date()),
        usage_days: z.array(row),
        usage_events: z.array(row),
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
