import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { resetPassword } from '../use-cases/reset-password';

export const handleResetPassword =
  (deps: Parameters<typeof resetPassword>[0]): HandlerOf<typeof authContract.resetPassword> =>
  async ({ body }) => {
    await resetPassword(deps, body.email);
    return { body: { success: true } };
  };
