import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { done, session } from './answers';
import { csrfHeader, MINUTE } from './fields';

/** The caller's own sessions. */
export const sessionRoutes = defineContract({
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
  endSessions: {
    method: 'DELETE',
    path: '/api/auth/sessions',
    summary:
      "Ends all of the caller's other sessions, here and at Supabase; with include_current=true that one too",
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: MINUTE }],
    headers: csrfHeader,
    query: z.strictObject({ include_current: z.optional(z.enum(['true', 'false'])) }),
    success: {
      status: 200,
      body: z.strictObject({ success: z.literal(true), ended: z.int() }),
    },
    errors: ['csrf_invalid', 'session_ended'],
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
