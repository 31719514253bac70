import type { Database } from '#shared/database/pool';
import type { HttpService } from '#shared/http/http-handler';
import { callLimiter } from '#shared/http/limit-call';
import type { RateLimiter } from '#shared/http/rate-limiter';
import { makeAuthenticate } from '#shared/identity/authenticate';
import type { VerifyAccessToken } from '#shared/identity/verify-access-token';
import type { Now } from '#shared/kernel/ids';
import type { AccountKeys } from '#shared/limits/account-keys';
import { authContract } from './contract';
import { handleChallengeFactor } from './handlers/challenge-factor';
import { handleChangeEmail } from './handlers/change-email';
import { handleDeleteAccount } from './handlers/delete-account';
import { handleEndSession } from './handlers/end-session';
import { handleEndSessions } from './handlers/end-sessions';
import { handleEnrolFactor } from './handlers/enrol-factor';
import { handleExportAccount } from './handlers/export-account';
import { handleFinishSocial } from './handlers/finish-social';
import { handleGetCsrfToken } from './handlers/get-csrf-token';
import { handleGetProfile } from './handlers/get-profile';
import { handleListFactors } from './handlers/list-factors';
import { handleListSessions } from './handlers/list-sessions';
import { handleRefresh } from './handlers/refresh';
import { rememberDevice } from './handlers/remember-device';
import { handleRemoveFactor } from './handlers/remove-factor';
import { replaceSession } from './handlers/replace-session';
import { handleResendConfirmation } from './handlers/resend-confirmation';
import { handleResetPassword } from './handlers/reset-password';
import { handleSendMagicLink } from './handlers/send-magic-link';
import { handleSignIn } from './handlers/sign-in';
import { handleSignOut } from './handlers/sign-out';
import { handleSignUp } from './handlers/sign-up';
import { handleStartSocial } from './handlers/start-social';
import { handleUpdatePassword } from './handlers/update-password';
import { handleUpdateProfile } from './handlers/update-profile';
import { handleVerify } from './handlers/verify';
import { handleVerifyFactor } from './handlers/verify-factor';
import type { IdentityProvider, OrderMail } from './ports';
import { wireBackOffice } from './wire-back-office';

export interface AuthParts {
  readonly database: Database;
  readonly identity: IdentityProvider;
  readonly verifyAccessToken: VerifyAccessToken;
  readonly allowedOrigins: readonly string[];
  /** Where people use the product. */
  readonly siteUrl: string;
  /** Where else people may be sent after signing in; see RedirectRules. */
  readonly redirectUrls: readonly string[];
  readonly now: Now;
  /** Has done behind the answer what may depend on the account. */
  readonly orderMail: OrderMail;
  /** Milliseconds; sign-ins are refused at whole multiples of it. */
  readonly refusalStepMs: number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly limiter: RateLimiter;
  /** By which the limiter tells accounts and their known devices apart. */
  readonly accounts: AccountKeys;
}

/** Puts the service together from a database, an identity provider and a clock. */
export const wireService = (parts: AuthParts): HttpService<typeof authContract> => {
  const authenticate = makeAuthenticate(parts);
  const redirects = { siteUrl: parts.siteUrl, redirectUrls: parts.redirectUrls };
  // Cookies are for pages of the site, so the site's own address leads to the API as well.
  const callbackUrl = new URL('/api/auth/callback', parts.siteUrl).href;
  return {
    contract: authContract,
    handlers: {
      signUp: replaceSession(parts, handleSignUp(parts)),
      signIn: rememberDevice(parts.accounts, replaceSession(parts, handleSignIn(parts))),
      refresh: handleRefresh({ ...parts, authenticate }),
      signOut: handleSignOut(parts),
      resetPassword: handleResetPassword(parts),
      updatePassword: handleUpdatePassword(parts),
      verify: rememberDevice(parts.accounts, replaceSession(parts, handleVerify(parts))),
      getProfile: handleGetProfile(parts),
      updateProfile: handleUpdateProfile(parts),
      getCsrfToken: handleGetCsrfToken(),
      listSessions: handleListSessions(parts),
      endSession: handleEndSession(parts),
      endSessions: handleEndSessions(parts),
      changeEmail: handleChangeEmail(parts),
      challengeFactor: handleChallengeFactor(parts),
      deleteAccount: handleDeleteAccount(parts),
      enrolFactor: handleEnrolFactor(parts),
      exportAccount: handleExportAccount(parts),
      finishSocial: replaceSession(parts, handleFinishSocial({ ...parts, redirects })),
      listFactors: handleListFactors(parts),
      removeFactor: handleRemoveFactor(parts),
      resendConfirmation: handleResendConfirmation(parts),
      sendMagicLink: handleSendMagicLink({ ...parts, redirects }),
      startSocial: handleStartSocial({ ...parts, redirects, callbackUrl }),
      verifyFactor: handleVerifyFactor(parts),
      ...wireBackOffice(parts),
    },
    authenticate,
    allowedOrigins: parts.allowedOrigins,
    limiter: callLimiter(parts.limiter),
  };
};
