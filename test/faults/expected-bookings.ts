import type { LedgerEntry } from '../../local/doubles/control';

/** A movement of money as the provider's own ledger has it, with the provider's name. */
export interface Movement extends LedgerEntry {
  readonly provider: 'stripe' | 'paypal';
}

/** A booking that a movement calls for. */
export interface Expected {
  readonly paymentId: string | null;
  readonly amount: number;
  /** A refund that its bank returned nets to nothing: both bookings, or neither. */
  readonly isReturned: boolean;
}

/** What must be in our books for what the providers did, by the key that it must have there. */
export const expectedBookings = (movements: readonly Movement[]): ReadonlyMap<string, Expected> => {
  const returned = new Set(movements.filter(isReturn).map(refundOf));
  return new Map(
    movements.flatMap((movement): [string, Expected][] => {
      const { provider, id, kind, amount, paymentId, objects } = movement;
      const of = { paymentId, amount: Math.abs(amount), isReturned: false };
      if (kind === 'charge') return [[`${provider}:capture:${id}:succeeded`, of]];
      if (kind === 'payout') return [[`${provider}:payout:${id}:made`, of]];
      if (kind === 'payout_reversal') return [[`${provider}:payout:${objects.payout}:returned`, of]];
      if (isTakenByPayPal(movement)) return [];
      if (kind.startsWith('dispute')) {
        const fact = kind === 'dispute' ? ['withdrawal', 'withdrawn'] : ['reinstatement', 'reinstated'];
        return [[`stripe:${fact[0]}:${objects.balance_transaction}:${fact[1]}`, of]];
      }
      const refund = refundOf(movement);
      const isReturned = returned.has(refund);
      const end = isReturn(movement) ? 'reversed' : 'succeeded';
      return [[`${provider}:refund:${refund}:${end}`, { ...of, isReturned }]];
    }),
  );
};

/**
 * What PayPal takes back for a dispute, or gives back, is a refund to us where its order lists it as one, and a withdrawal where
 * not: of these only the sums must agree.
 */
const isTakenByPayPal = ({ provider, kind }: Movement): boolean =>
  provider === 'paypal' && kind.startsWith('dispute');

/** Whether a booking may stand for something that PayPal took or gave back. */
export const maybeTakenByPayPal = (movements: readonly Movement[]): ((key: string) => boolean) => {
  const reversals = new Set(movements.filter(isTakenByPayPal).map(refundOf));
  return (key) => {
    const [provider = '', kind = '', id = ''] = key.split(':');
    if (provider !== 'paypal') return false;
    return kind === 'withdrawal' || kind === 'reinstatement' || (kind === 'refund' && reversals.has(id));
  };
};

const isReturn = ({ kind }: Movement): boolean => kind === 'refund_failure';

const refundOf = ({ id, objects }: Movement): string => objects.refund ?? id.replace(/_returned$/, '');
