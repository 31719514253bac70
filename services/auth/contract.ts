import { defineContract } from '#shared/kernel/route';
import { accountRoutes } from './contract/account-routes';
import { auditRoutes } from './contract/audit-routes';
import { entryRoutes } from './contract/entry-routes';
import { mailRoutes } from './contract/mail-routes';
import { passwordRoutes } from './contract/password-routes';
import { profileRoutes } from './contract/profile-routes';
import { secondFactorRoutes } from './contract/second-factor-routes';
import { sessionRoutes } from './contract/session-routes';
import { socialRoutes } from './contract/social-routes';
import { userRoutes } from './contract/user-routes';

/** The routes of the auth service. */
export const authContract = defineContract({
  ...entryRoutes,
  ...passwordRoutes,
  ...profileRoutes,
  ...sessionRoutes,
  ...accountRoutes,
  ...mailRoutes,
  ...secondFactorRoutes,
  ...socialRoutes,
  ...userRoutes,
  ...auditRoutes,
});
