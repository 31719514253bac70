import type { MailOrder } from './domain/mail-order';

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

export type MailProofType = 'signup' | 'invite' | 'magiclink' | 'recovery' | 'email' | 'email_change';

export type SocialProvider = 'github' | 'google';

/** Signing in with an account of another site, by OAuth with PKCE (RFC 7636). */
export interface SocialSignIn {
  /** Where to send the browser. Throws AppError `not_supported` where the provider does not offer that site. */
  readonly socialSignInUrl: (asked: {
    readonly provider: SocialProvider;
    /** Where the browser comes back to, with a code. */
    readonly callbackUrl: string;
    readonly codeChallenge: string;
  }) => Promise<string>;
  /** Throws AppError `verification_invalid` when code and verifier do not fit, or the code was used. */
  readonly redeemCode: (asked: { readonly code: string; readonly verifier: string }) => Promise<SignedIn>;
}

/** A second factor as its owner sees it. */
export interface Factor {
  readonly id: string;
  readonly name: string | null;
  /** Only a verified one is asked for. */
  readonly verified: boolean;
  readonly createdAt: string;
}

/** What an authenticator app needs; shown once. */
export interface EnrolledFactor {
  readonly id: string;
  /** An SVG image as a data URI. */
  readonly qrCode: string;
  readonly secret: string;
  /** `otpauth://…` */
  readonly uri: string;
}

/**
 * Time-based one-time passwords (TOTP, RFC 6238) as second factors; each for the user of an access token. All throw AppError
 * `not_supported` where the provider has none, `session_ended` when the access token is no longer good, `not_found` for a
 * factor that is not the user's.
 */
export interface SecondFactors {
  readonly listFactors: (accessToken: string) => Promise<readonly Factor[]>;
  /** Throws AppError `conflict` for a name that is taken and for one factor too many, `second_factor_required`. */
  readonly enrolFactor: (asked: {
    readonly accessToken: string;
    readonly name: string | undefined;
  }) => Promise<EnrolledFactor>;
  /** Answers the challenge's id and when it ends, in milliseconds since 1970. */
  readonly challengeFactor: (asked: {
    readonly accessToken: string;
    readonly factorId: string;
  }) => Promise<{ readonly id: string; readonly expiresAtMs: number }>;
  /** The session that has now shown both factors. Throws AppError `verification_invalid`. */
  readonly verifyFactor: (asked: {
    readonly accessToken: string;
    readonly factorId: string;
    readonly challengeId: string;
    readonly code: string;
  }) => Promise<SignedIn>;
  /** Throws AppError `second_factor_required`: a verified factor is removed only by a session that has shown it. */
  readonly removeFactor: (asked: {
    readonly accessToken: string;
    readonly factorId: string;
  }) => Promise<void>;
}

/**
 * Who keeps accounts and passwords. Every method throws AppError `identity_unavailable` when the provider cannot be
 * reached or fails, and `rate_limited` when it says so.
 */
export interface IdentityProvider extends SocialSignIn, SecondFactors {
  /** Whether new accounts must confirm their address first. May be minutes old. */
  readonly confirmsAddresses: () => Promise<boolean>;
  /** Throws AppError `password_rejected` for what no new account may have; looks at no account. */
  readonly judgePassword: (password: string) => Promise<void>;
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
  /**
   * For use behind an answer: it takes as long as the account makes it take. Resolves whether or not there is such an account
   * and whether or not the provider is willing to send; throws where trying again may help.
   */
  readonly sendRecovery: (email: string) => Promise<void>;
  /**
   * All other sessions of the user end. The current password is needed where the provider is so configured, but for a session
   * that a mail has opened. Throws AppError `password_rejected`; `credentials_invalid`; `second_factor_required`; `forbidden`
   * for a session that is too old for it; `session_ended` when the access token is no longer good.
   */
  readonly setPassword: (asked: {
    readonly accessToken: string;
    readonly password: string;
    readonly currentPassword: string | undefined;
  }) => Promise<void>;
  /** Sends the confirmation mail once more; resolves as sendRecovery does. */
  readonly resendConfirmation: (email: string) => Promise<void>;
  /** Sends a link and a code to sign in with, never making an account; resolves as sendRecovery does. */
  readonly sendMagicLink: (asked: { readonly email: string; readonly redirectTo: string }) => Promise<void>;
  /**
   * Asks the new address, and where the provider is so configured the old one, to confirm. Resolves whether or not the new
   * address is taken. Throws AppError `email_rejected`, `second_factor_required`, `session_ended`.
   */
  readonly changeEmail: (asked: { readonly accessToken: string; readonly email: string }) => Promise<void>;
  /** Null: a changed address whose other mailbox must confirm too. Throws AppError `verification_invalid`. */
  readonly verify: (proof: MailProof) => Promise<SignedIn | null>;
}

/** Has something done behind the answer, as soon as it is given. Throws AppError `queue_unavailable`, `database_unavailable`. */
export type OrderMail = (order: MailOrder) => Promise<void>;

/** Keeps orders from whoever can read the database; each bound to the id of its row. */
export interface Seal {
  readonly seal: (order: MailOrder, id: string) => Buffer;
  /** Throws Error for what was sealed with a key that is not known, for another id, or was changed. */
  readonly open: (sealed: Buffer, id: string) => MailOrder;
}
