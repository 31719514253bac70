import type { IdentityProvider } from '../ports';

/** Has a recovery mail sent to an address that has an account; tells nobody whether it has. */
export const resetPassword = (
  { identity }: { readonly identity: Pick<IdentityProvider, 'sendRecovery'> },
  email: string,
): Promise<void> => identity.sendRecovery(email);
