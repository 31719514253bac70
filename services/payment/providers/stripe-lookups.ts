import type StripeSdk from 'stripe';
import { AppError } from '#shared/errors/app-error';

/**
 * Looking for what a call of ours made, by the key in its metadata. Only by Stripe's lists: they show what was written, while
 * its search lags behind ("don't use search for read-after-write flows", docs.stripe.com/search).
 */
const PAGE = 100;

/** A charge takes no more refunds than this in any business; more pages mean that something is wrong, not that none was made. */
const REFUND_PAGES = 20;

/** All refunds of a charge. Throws `provider_unavailable` unless the list is complete. */
export const listStripeRefunds = async (
  stripe: StripeSdk,
  chargeId: string,
): Promise<readonly StripeSdk.Refund[]> => {
  const refunds: StripeSdk.Refund[] = [];
  let after = {};
  for (let turn = 0; turn < REFUND_PAGES; turn += 1) {
    const { data, has_more: hasMore } = await stripe.refunds.list({
      charge: chargeId,
      limit: PAGE,
      ...after,
    });
    refunds.push(...data);
    if (!hasMore) return refunds;
    after = { starting_after: data.at(-1)?.id };
  }
  throw new AppError('provider_unavailable', {
    detail: 'More refunds are listed than can be looked through.',
  });
};

/** The intent's charge, where it has more refunds than Stripe shows with it: the ten newest (docs.stripe.com/api/refunds/list). */
export const chargeWithMoreRefunds = ({ latest_charge: charge }: StripeSdk.PaymentIntent): string | null =>
  typeof charge === 'object' && charge?.refunds?.has_more === true ? charge.id : null;

/** Whether the intent's charge is disputed, or was. */
export const isDisputed = ({ latest_charge: charge }: StripeSdk.PaymentIntent): boolean =>
  typeof charge === 'object' && charge?.disputed === true;

/** The disputes of an intent's charges; a page of them is more than there ever are. */
export const listStripeDisputes = async (
  stripe: StripeSdk,
  intentId: string,
): Promise<readonly StripeSdk.Dispute[]> =>
  (await stripe.disputes.list({ payment_intent: intentId, limit: PAGE })).data;

/** Seconds around a creation in which its intent must be: our clock and Stripe's may differ, and a retry may have made it. */
const BEFORE = 600;
const AFTER = 21 * 3_600;

/** At most so many pages of intents, newest first. */
const INTENT_PAGES = 20;

/**
 * The intent made for that payment, by the metadata of those made since; null when it is not among them. Where a busy account
 * has made more than can be looked through it is given up, which costs nothing: an intent whose client secret nobody
 * was ever told cannot be paid.
 */
export const findStripeIntent = async (
  stripe: StripeSdk,
  paymentId: string,
  since: number,
): Promise<StripeSdk.PaymentIntent | null> => {
  const seconds = Math.floor(since / 1000);
  const created = { gte: seconds - BEFORE, lte: seconds + AFTER };
  let after = {};
  for (let turn = 0; turn < INTENT_PAGES; turn += 1) {
    const { data, has_more: hasMore } = await stripe.paymentIntents.list({ created, limit: PAGE, ...after });
    const found = data.find((intent) => intent.metadata.payment_id === paymentId);
    if (found !== undefined || !hasMore) return found ?? null;
    after = { starting_after: data.at(-1)?.id };
  }
  return null;
};
