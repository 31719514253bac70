import type { FactKind } from './fact-kinds';
import type { Provider } from './provider-scale';

export interface FactMeaning {
  /** What it says, in one sentence. */
  readonly says: string;
  /** The thing at the provider whose id is its business key. */
  readonly key: Readonly<Record<Provider, string>>;
  /** Whether it belongs to a capture, and counts once that is known. */
  readonly ofCapture: boolean;
}

/** What each kind of fact means and by what it is known, for the documentation. */
export const factMeanings: Readonly<Record<FactKind, FactMeaning>> = {
  authorization: {
    says: 'Funds are held, not taken.',
    key: { stripe: 'charge', paypal: 'authorization' },
    ofCapture: false,
  },
  capture: {
    says: 'Money was taken. Only `succeeded` carries an amount.',
    key: { stripe: 'charge', paypal: 'capture' },
    ofCapture: false,
  },
  refund: {
    says: 'Money was given back; a bank may return it days later.',
    key: { stripe: 'refund', paypal: 'refund' },
    ofCapture: true,
  },
  fee: {
    says: 'What the provider kept, for the capture or for a dispute over it.',
    key: { stripe: 'balance transaction', paypal: 'capture, or the movement in a dispute' },
    ofCapture: true,
  },
  fee_return: {
    says: 'The provider gave a fee back.',
    key: { stripe: 'balance transaction', paypal: 'refund, or the movement in a dispute' },
    ofCapture: true,
  },
  dispute: {
    says: 'The payer’s bank or the provider questions the capture; the `warning_` ones are inquiries. No money: its amount is 0. It goes back and forth: the newest report counts.',
    key: { stripe: 'dispute', paypal: 'dispute' },
    ofCapture: true,
  },
  withdrawal: {
    says: 'The provider took money back from us, for a dispute or a reversal.',
    key: { stripe: 'balance transaction', paypal: 'reversed capture' },
    ofCapture: true,
  },
  reinstatement: {
    says: 'The provider gave withdrawn money back.',
    key: { stripe: 'balance transaction', paypal: 'dispute' },
    ofCapture: true,
  },
  cancellation: {
    says: 'The intent or order was canceled and will never be paid.',
    key: { stripe: 'payment intent', paypal: 'order' },
    ofCapture: false,
  },
  expiry: {
    says: 'The approval or the session lapsed unpaid.',
    key: { stripe: 'payment intent', paypal: 'order' },
    ofCapture: false,
  },
};
