/** What a route of accounts has promised to whoever asked, and what is done behind its answer. */
export type MailOrder =
  | { readonly kind: 'recovery' | 'confirmation'; readonly email: string }
  | { readonly kind: 'magic_link'; readonly email: string; readonly redirectTo: string }
  | {
      readonly kind: 'sign_up';
      readonly email: string;
      readonly password: string;
      readonly metadata: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: 'new_address';
      readonly email: string;
      readonly userId: string;
      /** Of the account that is to have it. */
      readonly accessToken: string;
      /** A session at the provider that was made to prove the owner, to be ended afterwards. */
      readonly proofSessionId: string | null;
    };

/** How far an address has come at the identity provider. */
export type AccountState = 'absent' | 'unconfirmed' | 'confirmed';

/**
 * The account that stands in where no password would be compared, so that sign-in always takes as long. Made by a migration;
 * no password opens it.
 */
export const DECOY_EMAIL = 'nobody@tandem.invalid';
