import type { authContract } from '../../services/auth/contract';
import { PASSWORD } from './any-identity';
import { owned } from './objects';
import type { Rule } from './rule';

const nobody = 'nobody@example.test';

const onUser = { names: owned.user, whose: 'any' } as const;

/** Admins change others, never themselves. */
const onOthers = { ...onUser, onSelf: { admin: 'own_account' } } as const;

const onFactor = { names: owned.factor, whose: 'own', needsAccessToken: true } as const;

export const authRules: Readonly<Record<keyof typeof authContract, Rule>> = {
  signUp: {
    request: () => ({
      body: { email: `${crypto.randomUUID()}@example.test`, password: PASSWORD, data: {} },
    }),
    freeForm: ['data'],
  },
  signIn: {
    request: () => ({ body: { email: nobody, password: PASSWORD } }),
    granted: 'credentials_invalid',
  },
  refresh: { request: () => ({ body: { refresh_token: 'unknown' } }), granted: 'session_ended' },
  signOut: {},
  verify: {
    request: () => ({ body: { type: 'email', token_hash: 'unknown' } }),
    granted: 'verification_invalid',
  },
  getCsrfToken: {},
  resetPassword: { request: () => ({ body: { email: nobody } }) },
  resendConfirmation: { request: () => ({ body: { email: nobody } }) },
  sendMagicLink: { request: () => ({ body: { email: nobody } }) },
  startSocial: { request: () => ({ params: { provider: 'github' } }) },
  finishSocial: { ignoresQuery: 'what else comes along is the other site’s business' },

  updatePassword: {
    request: () => ({ body: { password: 'another horse battery', current_password: PASSWORD } }),
  },
  changeEmail: {
    request: () => ({ body: { email: `${crypto.randomUUID()}@example.test`, current_password: PASSWORD } }),
  },
  deleteAccount: {
    request: () => ({ body: { current_password: PASSWORD } }),
    onSelf: { support: 'role_held', admin: 'role_held' },
  },
  exportAccount: {},
  getProfile: {},
  updateProfile: {
    request: () => ({ body: { name: 'Ada', preferences: { theme: 'dark' }, metadata: {} } }),
    freeForm: ['metadata'],
  },
  listSessions: {},
  endSessions: {},
  endSession: { names: owned.session, whose: 'own' },

  listFactors: { needsAccessToken: true },
  enrolFactor: { needsAccessToken: true, request: () => ({ body: {} }) },
  challengeFactor: onFactor,
  verifyFactor: {
    ...onFactor,
    request: () => ({ body: { challenge_id: crypto.randomUUID(), code: '123456' } }),
  },
  removeFactor: onFactor,

  listUsers: {},
  getUser: onUser,
  endUserSessions: {
    ...onUser,
    // Support ends sessions of ordinary users alone, and is none.
    onSelf: { support: 'forbidden' },
    request: () => ({ body: {} }),
    audit: ['sessions.end'],
  },
  banUser: { ...onOthers, request: () => ({ body: { reason: 'abuse' } }), audit: ['users.ban'] },
  unbanUser: {
    ...onOthers,
    request: () => ({ body: {} }),
    arrange: ({ admin }, id) =>
      admin.query(`update auth.users set banned_until = now() + interval '1 day' where id = $1`, [id]),
    audit: ['users.unban'],
  },
  setRole: { ...onOthers, request: () => ({ body: { role: 'support' } }), audit: ['roles.change'] },
  removeRole: {
    ...onOthers,
    arrange: ({ admin }, id) =>
      admin.query(
        `insert into private.roles (user_id, role) values ($1, 'support') on conflict (user_id) do nothing`,
        [id],
      ),
    audit: ['roles.change'],
  },
  listAuditLog: {},
};
