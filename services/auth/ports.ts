/** An account at the identity provider. */
export interface Account {
  readonly id: string;
  readonly email: string | null;
  /** What the user said of themselves at sign-up, `name` included. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A session at the identity provider, in its words. */
export interface ProviderSession {
  /** The `session_id` of its access tokens. */
  readonly id: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenType: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

export interface SignedIn {
  readonly account: Account;
  readonly session: ProviderSession;
}

/** What a mail brought: the hash out of its link, or the code and the address it was sent to. */
export type MailProof =
  | { readonly tokenHash: string; readonly type: MailProofType }
  | { readonly email: string; readonly token: string; readonly type: MailProofType };

export type MailProofType = 'signup' | 'invite' | 'magiclink' | 'recovery' | 'email';

/**
 * Who keeps accounts and passwords. Every method throws AppError `identity_unavailable` when the provider cannot be
 * reached or fails, and `rate_limited` when it says so.
 */
export interface IdentityProvider {
  /**
   * Session null: the address must be confirmed first. An address that has an account already is answered in the same way
   * where the provider confirms addresses. Throws AppError `email_rejected`, `password_rejected`.
   */
  readonly signUp: (asked: {
    readonly email: string;
    readonly password: string;
    readonly metadata: Readonly<Record<string, unknown>>;
  }) => Promise<{ readonly account: Account; readonly session: ProviderSession | null }>;
  /** Throws AppError `credentials_invalid`, whatever is wrong: address, password, confirmation, ban. */
  readonly signIn: (asked: { readonly email: string; readonly password: string }) => Promise<SignedIn>;
  /** Throws AppError `session_ended` when the token is spent, unknown, or of an ended session. */
  readonly refresh: (refreshToken: string) => Promise<SignedIn>;
  /** Resolves whether or not there is such an account, and whether or not a mail could be sent to it. */
  readonly sendRecovery: (email: string) => Promise<void>;
  /** Throws AppError `password_rejected`; `second_factor_required`; `session_ended` when the access token is no longer good. */
  readonly setPassword: (asked: { readonly accessToken: string; readonly password: string }) => Promise<void>;
  /** Throws AppError `verification_invalid`. */
  readonly verify: (proof: MailProof) => Promise<SignedIn>;
}
