import type { Queryable } from '#shared/database/queryable';
import type { Now } from '#shared/kernel/ids';
import type { MailOrder } from '../domain/mail-order';
import type { IdentityProvider } from '../ports';
import { endSupabaseSession } from '../sql/end-supabase-session';
import { findAccountState } from '../sql/find-account-state';
import { mayPass } from './may-pass';

export interface SendMailDeps {
  readonly database: Queryable;
  readonly identity: Pick<
    IdentityProvider,
    'signUp' | 'sendRecovery' | 'resendConfirmation' | 'sendMagicLink' | 'changeEmail'
  >;
  /** Where people use the product. */
  readonly siteUrl: string;
  readonly now: Now;
}

/** Does what was promised. Here, behind the answer, it may depend on the account. */
export const sendMail = (deps: SendMailDeps, order: MailOrder): Promise<void> => {
  const { identity } = deps;
  switch (order.kind) {
    case 'recovery':
      return identity.sendRecovery(order.email);
    case 'confirmation':
      return identity.resendConfirmation(order.email);
    case 'magic_link':
      return identity.sendMagicLink(order);
    case 'sign_up':
      return signUp(deps, order);
    case 'new_address':
      return changeEmail(deps, order);
  }
};

type OrderOf<Kind extends MailOrder['kind']> = Extract<MailOrder, { readonly kind: Kind }>;

/**
 * A new account, with its confirmation mail. Whoever owns the address already gets a mail all the same: the confirmation once
 * more, or a link to sign in, whose text says that there is an account (docs/enumeration.md).
 */
const signUp = async (
  { database, identity, siteUrl }: SendMailDeps,
  { email, password, metadata }: OrderOf<'sign_up'>,
): Promise<void> => {
  const state = await findAccountState(database, email);
  if (state === 'absent') await identity.signUp({ email, password, metadata });
  else if (state === 'unconfirmed') await identity.resendConfirmation(email);
  else await identity.sendMagicLink({ email, redirectTo: siteUrl });
};

/** The session that proved the owner's password ends once it is of no more use. */
const changeEmail = async (
  { database, identity, now }: SendMailDeps,
  { email, userId, accessToken, proofSessionId }: OrderOf<'new_address'>,
): Promise<void> => {
  const failure = await identity.changeEmail({ accessToken, email }).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  if (proofSessionId !== null && (failure === null || !mayPass(failure.error))) {
    await endSupabaseSession(database, { supabaseSessionId: proofSessionId, userId, now: new Date(now()) });
  }
  if (failure !== null) throw failure.error;
};
