import type { PayPalPayments } from './paypal-payments';

/**
 * PayPal's look-ups, asked once for each id: a purchase makes three or four events, and all of them lead to its order. For
 * events that have been listed: an answer given after the list holds what any of them was about. `onCall` is told of each
 * look-up that is made.
 */
export const rememberAnswers = (paypal: PayPalPayments, onCall: () => void): PayPalPayments => {
  const once = <Answer>(ask: (id: string) => Promise<Answer>): ((id: string) => Promise<Answer>) => {
    const answers = new Map<string, Promise<Answer>>();
    return (id) => {
      const known = answers.get(id);
      if (known !== undefined) return known;
      onCall();
      const answer = ask(id);
      answers.set(id, answer);
      return answer;
    };
  };
  return {
    ...paypal,
    retrieve: once(paypal.retrieve),
    orderOfCapture: once(paypal.orderOfCapture),
    orderOfRefund: once(paypal.orderOfRefund),
    retrieveDispute: once(paypal.retrieveDispute),
  };
};
