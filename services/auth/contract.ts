import { defineContract } from '#shared/kernel/route';
import { entryRoutes } from './contract/entry-routes';
import { passwordRoutes } from './contract/password-routes';
import { profileRoutes } from './contract/profile-routes';
import { sessionRoutes } from './contract/session-routes';

/** The routes of the auth service. */
export const authContract = defineContract({
  ...entryRoutes,
  ...passwordRoutes,
  ...profileRoutes,
  ...sessionRoutes,
});
