/** A report that was set aside because it contradicts what we know of its payment. */
export interface Review {
  readonly eventId: string;
  readonly reason: string;
  /** Whether a person has looked at it and left it without effect. */
  readonly isDismissed: boolean;
}

/** Why a person must look at a payment: the reason of one of its open reviews, the same one whatever came first; or null. */
export const reviewReasonOf = (reviews: readonly Review[]): string | null =>
  reviews
    .filter(({ isDismissed }) => !isDismissed)
    .reduce<Review | null>(
      (first, review) => (first === null || review.eventId < first.eventId ? review : first),
      null,
    )?.reason ?? null;

/** The list with that review; the very same list where it holds it already. */
export const addReview = (reviews: readonly Review[], eventId: string, reason: string): readonly Review[] =>
  reviews.some((review) => review.eventId === eventId && review.reason === reason && !review.isDismissed)
    ? reviews
    : [...withoutReview(reviews, eventId), { eventId, reason, isDismissed: false }];

/** The list without that event's review; the very same list where it holds none. */
export const withoutReview = (reviews: readonly Review[], eventId: string): readonly Review[] =>
  reviews.some((review) => review.eventId === eventId)
    ? reviews.filter((review) => review.eventId !== eventId)
    : reviews;
