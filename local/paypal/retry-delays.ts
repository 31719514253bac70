import { hourMs } from './world';

const minuteMs = 60_000;

/**
 * Waits between attempts: 25 attempts over three days, the two figures PayPal gives
 * (developer.paypal.com, webhooks). It does not publish the intervals; these grow, as retries do.
 */
export const retryDelaysMs: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minuteMs),
  ...[1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 6, 6, 6, 7, 7].map((hours) => hours * hourMs),
];
