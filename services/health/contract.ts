import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';

const dependency = z.strictObject({
  status: z.enum(['up', 'down']),
  /** How long it took to answer, or to give up. */
  latencyMs: z.int(),
});

/** The route of the health service. */
export const healthContract = defineContract({
  getHealth: {
    method: 'GET',
    path: '/api/health',
    summary: 'Whether the backend and what it stands on work; 503 when something that money needs does not',
    auth: 'public',
    rateLimits: [],
    success: {
      status: 200,
      otherStatuses: [503],
      body: z.strictObject({
        /** False with 503. */
        success: z.boolean(),
        /** `degraded`: something is down, but money moves. */
        status: z.enum(['ok', 'degraded', 'unavailable']),
        version: z.string(),
        dependencies: z.strictObject({ database: dependency, supabase: dependency, queue: dependency }),
      }),
    },
    errors: [],
  },
});
