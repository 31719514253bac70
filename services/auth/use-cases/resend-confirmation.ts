import type { IdentityProvider } from '../ports';

/** Has the confirmation mail of a sign-up sent once more, if one is waited for; tells nobody whether it is. */
export const resendConfirmation = (
  { identity }: { readonly identity: Pick<IdentityProvider, 'resendConfirmation'> },
  email: string,
): Promise<void> => identity.resendConfirmation(email);
