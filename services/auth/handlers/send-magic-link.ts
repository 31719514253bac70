import { checkOrigin } from '#shared/http/check-csrf';
import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { type SendMagicLinkDeps, sendMagicLink } from '../use-cases/send-magic-link';
import type { EntryDeps } from './entry-deps';

export const handleSendMagicLink =
  (deps: SendMagicLinkDeps & EntryDeps): HandlerOf<typeof authContract.sendMagicLink> =>
  async ({ headers, body }) => {
    checkOrigin(headers, deps.allowedOrigins);
    await sendMagicLink(deps, { email: body.email, redirectTo: body.redirect_to });
    return { body: { success: true } };
  };
