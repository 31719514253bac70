import { checkOrigin } from '#shared/http/check-csrf';
import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { resendConfirmation } from '../use-cases/resend-confirmation';
import type { EntryDeps } from './entry-deps';

export const handleResendConfirmation =
  (
    deps: Parameters<typeof resendConfirmation>[0] & EntryDeps,
  ): HandlerOf<typeof authContract.resendConfirmation> =>
  async ({ headers, body }) => {
    checkOrigin(headers, deps.allowedOrigins);
    await resendConfirmation(deps, body.email);
    return { body: { success: true } };
  };
