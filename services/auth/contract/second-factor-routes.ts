import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { done, signedIn } from './answers';
import { HOUR, MINUTE, name } from './fields';

const factorId = z.strictObject({ id: z.uuid() });

/** Second factors are the provider's, and it knows its own tokens alone. */
const accessToken = {
  Authorization: 'Bearer and a Supabase access token: an opaque token will not do here.',
};

const errors = [
  'csrf_invalid',
  'forbidden',
  'not_supported',
  'session_ended',
  'identity_unavailable',
  'rate_limited',
] as const;

/** Time-based one-time passwords (TOTP), where the Supabase in use has them. */
export const secondFactorRoutes = defineContract({
  listFactors: {
    method: 'GET',
    path: '/api/auth/mfa/totp',
    summary: "The caller's authenticator apps",
    auth: 'user',
    liveSession: true,
    oneFactorSuffices: true,
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: MINUTE }],
    headers: accessToken,
    success: {
      status: 200,
      body: z.strictObject({
        success: z.literal(true),
        factors: z.array(
          z.strictObject({
            id: z.uuid(),
            name: z.nullable(z.string()),
            /** Only a verified one is asked for. */
            verified: z.boolean(),
            created_at: z.iso.datetime(),
          }),
        ),
      }),
    },
    errors: [...errors],
  },
  enrolFactor: {
    method: 'POST',
    path: '/api/auth/mfa/totp',
    summary: 'Sets up an authenticator app; it counts once a code of it was verified',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 10, windowSeconds: HOUR }],
    headers: accessToken,
    body: z.strictObject({ name: z.optional(name) }),
    success: {
      status: 201,
      body: z.strictObject({
        success: z.literal(true),
        factor: z.strictObject({
          id: z.uuid(),
          /** An SVG image as a data URI. Shown once, like the rest. */
          qr_code: z.string(),
          secret: z.string(),
          uri: z.string(),
        }),
      }),
    },
    errors: [...errors, 'conflict', 'second_factor_required'],
  },
  challengeFactor: {
    method: 'POST',
    path: '/api/auth/mfa/totp/{id}/challenge',
    summary: 'Begins the proof of a second factor',
    auth: 'user',
    liveSession: true,
    oneFactorSuffices: true,
    rateLimits: [{ per: 'user', limit: 20, windowSeconds: 15 * MINUTE }],
    headers: accessToken,
    params: factorId,
    success: {
      status: 201,
      body: z.strictObject({
        success: z.literal(true),
        challenge: z.strictObject({ id: z.uuid(), expires_at: z.iso.datetime() }),
      }),
    },
    errors: [...errors, 'not_found'],
  },
  verifyFactor: {
    method: 'POST',
    path: '/api/auth/mfa/totp/{id}/verify',
    summary: 'Shows the second factor: the session may now do all, and gets new tokens of both kinds',
    auth: 'user',
    liveSession: true,
    oneFactorSuffices: true,
    rateLimits: [{ per: 'user', limit: 10, windowSeconds: 15 * MINUTE }],
    // Six digits are soon tried.
    onLimiterFailure: 'refuse',
    headers: accessToken,
    params: factorId,
    body: z.strictObject({
      challenge_id: z.uuid(),
      code: z.string().check(z.regex(/^[0-9]{6}$/, 'must be six digits')),
    }),
    success: { status: 200, body: signedIn },
    errors: [...errors, 'not_found', 'verification_invalid'],
  },
  removeFactor: {
    method: 'DELETE',
    path: '/api/auth/mfa/totp/{id}',
    summary: 'Removes an authenticator app; a verified one only by a session that has shown it',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 10, windowSeconds: HOUR }],
    headers: accessToken,
    params: factorId,
    success: { status: 200, body: done },
    errors: [...errors, 'not_found', 'second_factor_required'],
  },
});
