/** What the payer does at the providers, in place of a browser. */

/**
 * Confirms a payment intent with a card, as stripe.js does: with the publishable key and the client secret.
 *
 * @returns the intent's new status
 */
export async function payWithStripe(
  stripeUrl: string,
  publishableKey: string,
  clientSecret: string,
  paymentMethod: string,
): Promise<string> {
  const id = clientSecret.split('_secret_')[0];
  const response = await fetch(`${stripeUrl}/v1/payment_intents/${id}/confirm`, {
    method: 'POST',
    headers: { authorization: `Bearer ${publishableKey}` },
    body: new URLSearchParams({
      client_secret: clientSecret,
      payment_method: paymentMethod,
      return_url: 'http://127.0.0.1/paid',
    }),
  });
  const body = (await response.json()) as { status?: string; error?: { message: string } };
  if (!response.ok || !body.status) throw new Error(`Stripe refused the card: ${body.error?.message}`);
  return body.status;
}

/**
 * Approves a PayPal order, as the button on PayPal's page does.
 *
 * @returns the order's new status
 */
export async function approveAtPayPal(paypalUrl: string, orderId: string): Promise<string> {
  const response = await fetch(`${paypalUrl}/sandbox/orders/${orderId}/approve`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  const body = (await response.json()) as { order?: { status: string } };
  if (!response.ok || !body.order)
    throw new Error(`PayPal did not take the approval: ${JSON.stringify(body)}`);
  return body.order.status;
}
