import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { account, accountInFull, changedAccount } from './back-office-answers';
import { csrfHeader, MINUTE } from './fields';

const params = z.strictObject({ id: z.uuid() });
const write = { liveSession: true, headers: csrfHeader, params } as const;

/**
 * The back office's half of accounts. Support reads and may end the sessions of ordinary users, which is what the owner of a
 * stolen device asks for; bans and roles are for admins. Every change leaves a line in the audit log.
 */
export const userRoutes = defineContract({
  listUsers: {
    method: 'GET',
    path: '/api/auth/users',
    summary: 'Accounts, newest first; by the beginning of their address, or by id',
    auth: 'support',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: MINUTE }],
    query: z.strictObject({
      limit: z.optional(z.string().check(z.regex(/^([1-9]\d?|100)$/, 'must be 1 to 100'))),
      /** `next_cursor` of the page before. */
      cursor: z.optional(z.string().check(z.regex(/^[\w-]{1,200}$/))),
      /** The beginning of an address. */
      email: z.optional(z.string().check(z.regex(/^[\x21-\x7e]{1,254}$/), z.toLowerCase())),
      id: z.optional(z.uuid()),
    }),
    success: {
      status: 200,
      body: z.strictObject({
        success: z.literal(true),
        data: z.array(account),
        has_more: z.boolean(),
        next_cursor: z.nullable(z.string()),
      }),
    },
    errors: [],
  },
  getUser: {
    method: 'GET',
    path: '/api/auth/users/{id}',
    summary: 'One account: who it is, how many sessions it has, what it has paid',
    auth: 'support',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: MINUTE }],
    params,
    success: { status: 200, body: accountInFull },
    errors: ['not_found'],
  },
  endUserSessions: {
    ...write,
    method: 'POST',
    path: '/api/auth/users/{id}/sessions/end',
    summary: 'Ends all sessions of an account, here and at Supabase; of people with a role only for admins',
    auth: 'support',
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: MINUTE }],
    body: z.strictObject({}),
    success: { status: 200, body: z.strictObject({ success: z.literal(true), ended: z.int() }) },
    errors: ['csrf_invalid', 'not_found', 'forbidden'],
  },
  banUser: {
    ...write,
    method: 'POST',
    path: '/api/auth/users/{id}/ban',
    summary: 'Keeps an account out until a moment, or until the ban is lifted; ends its sessions',
    auth: 'admin',
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: MINUTE }],
    body: z.strictObject({
      /** For the audit log. A choice and no text: the log outlives the account and holds no personal data. */
      reason: z.enum(['abuse', 'fraud', 'compromised', 'requested', 'other']),
      /** In the future. Default: until it is lifted. */
      until: z.optional(z.iso.datetime({ offset: true })),
    }),
    success: { status: 200, body: changedAccount },
    errors: ['csrf_invalid', 'not_found', 'own_account'],
  },
  unbanUser: {
    ...write,
    method: 'POST',
    path: '/api/auth/users/{id}/unban',
    summary: 'Lifts the ban of an account',
    auth: 'admin',
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: MINUTE }],
    body: z.strictObject({}),
    success: { status: 200, body: changedAccount },
    errors: ['csrf_invalid', 'not_found', 'own_account'],
  },
  setRole: {
    ...write,
    method: 'PUT',
    path: '/api/auth/users/{id}/role',
    summary: 'Gives an account a role in place of the one it has; never the own one',
    auth: 'admin',
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: MINUTE }],
    body: z.strictObject({ role: z.enum(['support', 'admin']) }),
    success: { status: 200, body: changedAccount },
    errors: ['csrf_invalid', 'not_found', 'own_account'],
  },
  removeRole: {
    ...write,
    method: 'DELETE',
    path: '/api/auth/users/{id}/role',
    summary: 'Makes an account an ordinary user; never the own one, so that an admin is always left',
    auth: 'admin',
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: MINUTE }],
    success: { status: 200, body: changedAccount },
    errors: ['csrf_invalid', 'not_found', 'own_account'],
  },
});
