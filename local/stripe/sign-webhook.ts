import { createHmac } from 'node:crypto';
import type { SignInput } from '../doubles/delivery-types';

/** `Stripe-Signature` as docs.stripe.com/webhooks#verify-manually says: one `v1` per active secret over `t.body`. */
export function signWebhook({
  rawBody,
  attemptTimeMs,
  endpoint,
  badSignature,
}: SignInput): Record<string, string> {
  const seconds = Math.floor(attemptTimeMs / 1000);
  const secrets = badSignature ? ['whsec_not_the_secret'] : endpoint.secrets;
  const signatures = secrets.map((secret) =>
    createHmac('sha256', secret).update(`${seconds}.`).update(rawBody).digest('hex'),
  );
  return {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-cache',
    'stripe-signature': [`t=${seconds}`, ...signatures.map((signature) => `v1=${signature}`)].join(','),
  };
}

/** The same event in the other mode. */
export function flipLivemode(body: string): string {
  return body.replace(
    /"livemode":(\s*)(true|false)/g,
    (_all, space: string, mode: string) => `"livemode":${space}${mode === 'true' ? 'false' : 'true'}`,
  );
}
