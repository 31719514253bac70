/** An account as the back office sees it. */
export interface Account {
  readonly id: string;
  readonly email: string | null;
  readonly name: string;
  readonly avatarUrl: string | null;
  readonly role: 'user' | 'support' | 'admin';
  readonly createdAt: Date;
  readonly lastSignInAt: Date | null;
  readonly emailConfirmedAt: Date | null;
  /** Null without a ban; may have passed. */
  readonly bannedUntil: Date | null;
}

/** What an account has paid in one currency; ISO 4217 minor units. */
export interface PaymentSums {
  readonly currency: string;
  readonly payments: bigint;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  readonly reversedMinor: bigint;
}

/** What became of a change that one account makes to another; see private.set_role. */
export type ChangeOutcome = 'changed' | 'unchanged' | 'absent' | 'own_account' | 'forbidden';
