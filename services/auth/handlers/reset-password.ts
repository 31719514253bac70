import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import type { IdentityProvider } from '../ports';
import { resetPassword } from '../use-cases/reset-password';

export const handleResetPassword =
  (deps: {
    readonly identity: Pick<IdentityProvider, 'sendRecovery'>;
  }): HandlerOf<typeof authContract.resetPassword> =>
  async ({ body }) => {
    await resetPassword(deps, body.email);
    return { body: { success: true } };
  };
