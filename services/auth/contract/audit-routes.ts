import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { auditLine } from './back-office-answers';
import { MINUTE } from './fields';

const moment = z.iso.datetime({ offset: true });

/** What people with a role did, in all services. */
export const auditRoutes = defineContract({
  listAuditLog: {
    method: 'GET',
    path: '/api/auth/audit-log',
    summary: 'What support, admins and the command line did, newest first; nobody can change it',
    auth: 'admin',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: MINUTE }],
    query: z.strictObject({
      limit: z.optional(z.string().check(z.regex(/^([1-9]\d?|100)$/, 'must be 1 to 100'))),
      /** `next_cursor` of the page before. */
      cursor: z.optional(z.string().check(z.regex(/^[1-9]\d{0,17}$/))),
      /** A user's id. */
      actor: z.optional(z.uuid()),
      /** As service.verb: `roles.change`. */
      action: z.optional(z.string().check(z.regex(/^[a-z_]{1,60}\.[a-z_]{1,60}$/))),
      /** A user's or payment's id, `stripe:evt_1`, a queue. */
      target: z.optional(z.string().check(z.regex(/^[\x21-\x7e]{1,300}$/))),
      /** From this moment on, up to but not at that one. */
      from: z.optional(moment),
      to: z.optional(moment),
    }),
    success: {
      status: 200,
      body: z.strictObject({
        success: z.literal(true),
        data: z.array(auditLine),
        has_more: z.boolean(),
        next_cursor: z.nullable(z.string()),
      }),
    },
    errors: [],
  },
});
