import { AppError } from '#shared/errors/app-error';
import { type RedirectRules, redirectTarget } from '../domain/redirect-target';
import type { OrderMail } from '../ports';

export interface SendMagicLinkDeps {
  readonly orderMail: OrderMail;
  readonly redirects: RedirectRules;
}

/**
 * Has a link and a code to sign in with sent to an address that has an account; tells nobody whether it has.
 *
 * @throws AppError `redirect_not_allowed`
 */
export const sendMagicLink = async (
  { orderMail, redirects }: SendMagicLinkDeps,
  { email, redirectTo }: { readonly email: string; readonly redirectTo: string | undefined },
): Promise<void> => {
  const target = redirectTarget(redirectTo, redirects);
  if (target === null) throw new AppError('redirect_not_allowed');
  await orderMail({ kind: 'magic_link', email, redirectTo: target });
};
