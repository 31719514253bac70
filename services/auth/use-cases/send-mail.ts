import type { Queryable } from '#shared/database/queryable';
import type { Now } from '#shared/kernel/ids';
import type { MailOrder } from '../domain/mail-order';
import type { IdentityProvider } from '../ports';
import { endSupabaseSession } from '../sql/end-supabase-session';
import { findAccountState } from '../sql/find-account-state';
import { voidUnconfirmedPassword } from '../sql/void-unconfirmed-password';
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
  /** Counts a mail to an address that was signed up with once more; whether it may be sent. */
  readonly countSignUpMail: (email: string) => Promise<boolean>;
}

/**
 * Does what was promised. Here, behind the answer, it may depend on the account.
 *
 * @param again whether it was tried before, and may have been done in part
 */
export const sendMail = (deps: SendMailDeps, order: MailOrder, again: boolean): Promise<void> => {
  const { identity } = deps;
  switch (order.kind) {
    case 'recovery':
      return identity.sendRecovery(order.email);
    case 'confirmation':
      return identity.resendConfirmation(order.email);
    case 'magic_link':
      return magicLink(deps, order);
    case 'sign_up':
      return signUp(deps, order, again);
    case 'new_address':
      return changeEmail(deps, order);
  }
};

type OrderOf<Kind extends MailOrder['kind']> = Extract<MailOrder, { readonly kind: Kind }>;

/**
 * A new account, with its confirmation mail. Whoever owns the address already gets a mail all the same: a link to sign in, or,
 * where nobody has confirmed the address, one to choose a password. Of the two who have then signed up with it, nobody can
 * tell which one reads the mailbox, so neither's password counts (docs/adr/0025).
 */
const signUp = async (
  { database, identity, siteUrl, countSignUpMail }: SendMailDeps,
  { email, password, metadata }: OrderOf<'sign_up'>,
  again: boolean,
): Promise<void> => {
  const state = await findAccountState(database, email);
  if (state === 'absent') {
    await identity.signUp({ email, password, metadata });
    return;
  }
  // An account that a first try of this order has made keeps its password.
  if (state === 'unconfirmed' && !again) await voidUnconfirmedPassword(database, email);
  if (!(await countSignUpMail(email))) return;
  if (state === 'unconfirmed') await identity.sendRecovery(email);
  else await identity.sendMagicLink({ email, redirectTo: siteUrl });
};

/** Signing in confirms an address, too, and somebody who has not asked for a password must not confirm a stranger's. */
const magicLink = async (
  { database, identity }: SendMailDeps,
  order: OrderOf<'magic_link'>,
): Promise<void> => {
  await voidUnconfirmedPassword(database, order.email);
  await identity.sendMagicLink(order);
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
