import type { Database } from '#shared/database/pool';
import type { HttpService } from '#shared/http/http-handler';
import { makeAuthenticate } from '#shared/identity/authenticate';
import type { VerifyAccessToken } from '#shared/identity/verify-access-token';
import type { Now } from '#shared/kernel/ids';
import { authContract } from './contract';
import { handleEndSession } from './handlers/end-session';
import { handleEndSessions } from './handlers/end-sessions';
import { handleGetCsrfToken } from './handlers/get-csrf-token';
import { handleGetProfile } from './handlers/get-profile';
import { handleListSessions } from './handlers/list-sessions';
import { handleRefresh } from './handlers/refresh';
import { handleResetPassword } from './handlers/reset-password';
import { handleSignIn } from './handlers/sign-in';
import { handleSignOut } from './handlers/sign-out';
import { handleSignUp } from './handlers/sign-up';
import { handleUpdatePassword } from './handlers/update-password';
import { handleUpdateProfile } from './handlers/update-profile';
import { handleVerify } from './handlers/verify';
import type { IdentityProvider } from './ports';

export interface AuthParts {
  readonly database: Database;
  readonly identity: IdentityProvider;
  readonly verifyAccessToken: VerifyAccessToken;
  readonly allowedOrigins: readonly string[];
  readonly now: Now;
}

/** Puts the service together from a database, an identity provider and a clock. */
export const wireService = (parts: AuthParts): HttpService<typeof authContract> => {
  const authenticate = makeAuthenticate(parts);
  return {
    contract: authContract,
    handlers: {
      signUp: handleSignUp(parts),
      signIn: handleSignIn(parts),
      refresh: handleRefresh({ ...parts, authenticate }),
      signOut: handleSignOut(parts),
      resetPassword: handleResetPassword(parts),
      updatePassword: handleUpdatePassword(parts),
      verify: handleVerify(parts),
      getProfile: handleGetProfile(parts),
      updateProfile: handleUpdateProfile(parts),
      getCsrfToken: handleGetCsrfToken(),
      listSessions: handleListSessions(parts),
      endSession: handleEndSession(parts),
      endSessions: handleEndSessions(parts),
    },
    authenticate,
    allowedOrigins: parts.allowedOrigins,
  };
};
