import type { SupabaseClient } from '@supabase/supabase-js';
import { makeUserClient } from '#shared/supabase/user-client';
import type { SecondFactors } from '../ports';
import { attempt } from './attempt';
import { accountOf, sessionOf } from './read-auth-answer';
import type { Refusals } from './supabase-error';
import type { SupabaseParts } from './supabase-parts';

const COMMON = {
  // An embedded Supabase has no such path; a hosted project may have the feature switched off.
  route_not_found: 'not_supported',
  mfa_totp_enroll_not_enabled: 'not_supported',
  mfa_totp_verify_not_enabled: 'not_supported',
  mfa_factor_not_found: 'not_found',
  insufficient_aal: 'second_factor_required',
  mfa_factor_name_conflict: 'conflict',
  too_many_enrolled_mfa_factors: 'conflict',
} as const;

const MANAGE: Refusals = {
  byCode: { ...COMMON, validation_failed: 'not_found' },
  otherwise: 'session_ended',
};

const VERIFY: Refusals = {
  byCode: {
    ...COMMON,
    mfa_verification_failed: 'verification_invalid',
    mfa_verification_rejected: 'verification_invalid',
    mfa_challenge_expired: 'verification_invalid',
    mfa_ip_address_mismatch: 'verification_invalid',
    validation_failed: 'verification_invalid',
  },
  otherwise: 'session_ended',
};

/** Second factors at Supabase Auth, each operation with the power of the user whose access token it is given. */
export const makeSupabaseFactors = ({ project, publishableKey }: SupabaseParts): SecondFactors => {
  const as = async (accessToken: string): Promise<SupabaseClient['auth']> =>
    (await makeUserClient(project, publishableKey, accessToken)).auth;

  return {
    listFactors: (accessToken) =>
      attempt(MANAGE, async () => {
        const auth = await as(accessToken);
        const { data, error } = await auth.mfa.listFactors();
        if (error !== null) throw error;
        return data.all
          .filter((factor) => factor.factor_type === 'totp')
          .map((factor) => ({
            id: factor.id,
            name: factor.friendly_name ?? null,
            verified: factor.status === 'verified',
            createdAt: new Date(factor.created_at).toISOString(),
          }));
      }),

    enrolFactor: ({ accessToken, name }) =>
      attempt(MANAGE, async () => {
        const auth = await as(accessToken);
        const named = name === undefined ? {} : { friendlyName: name };
        const { data, error } = await auth.mfa.enroll({ factorType: 'totp', issuer: 'Tandem', ...named });
        if (error !== null) throw error;
        const { qr_code: qrCode, secret, uri } = data.totp;
        return { id: data.id, qrCode, secret, uri };
      }),

    challengeFactor: ({ accessToken, factorId }) =>
      attempt(MANAGE, async () => {
        const auth = await as(accessToken);
        const { data, error } = await auth.mfa.challenge({ factorId });
        if (error !== null) throw error;
        return { id: data.id, expiresAtMs: data.expires_at * 1_000 };
      }),

    verifyFactor: ({ accessToken, factorId, challengeId, code }) =>
      attempt(VERIFY, async () => {
        const auth = await as(accessToken);
        const { data, error } = await auth.mfa.verify({ factorId, challengeId, code });
        if (error !== null) throw error;
        const expires_at = Math.floor(Date.now() / 1_000) + data.expires_in;
        return {
          account: accountOf(data.user),
          session: sessionOf({ ...data, token_type: 'bearer', expires_at }),
        };
      }),

    removeFactor: ({ accessToken, factorId }) =>
      attempt(MANAGE, async () => {
        const auth = await as(accessToken);
        const { error } = await auth.mfa.unenroll({ factorId });
        if (error !== null) throw error;
      }),
  };
};
