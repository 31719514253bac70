import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { profile } from './answers';
import { avatarUrl, csrfHeader, MINUTE, metadata, name, preferences } from './fields';

/** What users say of themselves. */
export const profileRoutes = defineContract({
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
    // Others see name and picture.
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: MINUTE }],
    headers: csrfHeader,
    body: z.strictObject({
      name: z.optional(name),
      avatar_url: z.optional(z.nullable(avatarUrl)),
      /** An accepted file of the caller's with the purpose `avatar`. */
      avatar_file_id: z.optional(z.nullable(z.uuid())),
      metadata: z.optional(metadata(16_000)),
      preferences: z.optional(z.partial(preferences)),
    }),
    success: { status: 200, body: profile },
    errors: ['csrf_invalid', 'not_found'],
  },
});
