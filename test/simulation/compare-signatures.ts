import { payPalForger } from './forge-paypal';
import { tryStripe } from './forge-stripe';
import { seededRandom } from './random';

/** What came of comparing verdicts on forged and genuine deliveries. */
export interface Comparison {
  readonly deliveries: number;
  /** Of them genuine by the reference. */
  readonly accepted: number;
  readonly differing: readonly string[];
  /** Addresses that a certificate was wanted from though they are none of PayPal's. */
  readonly strayAddresses: readonly string[];
}

const PAYPAL_ADDRESS = /^https:\/\/api(-m)?\.paypal\.com\/v1\/notifications\/certs\/CERT-[A-Za-z0-9-]+$/;

/** Makes `count` deliveries, of Stripe and of PayPal by turns, and compares the product's verdict with the reference's. */
export const compareSignatures = async (count: number, seed: number): Promise<Comparison> => {
  const random = seededRandom(seed);
  const payPal = payPalForger(random, Math.min(1_000, Math.ceil(count / 50)));
  const differing: string[] = [];
  let accepted = 0;
  for (let made = 0; made < count; made += 1) {
    const { product, reference, what } = made % 2 === 0 ? await tryStripe(random) : await payPal.attempt();
    if (reference) accepted += 1;
    if (product !== reference) differing.push(`${what}: product ${product}, reference ${reference}`);
  }
  const strayAddresses = [...payPal.asked].filter((address) => !PAYPAL_ADDRESS.test(address));
  return { deliveries: count, accepted, differing, strayAddresses };
};
