import { defineContract } from '#shared/kernel/route';
import { analyticsRoutes } from './contract/analytics-routes';
import { cancelAndRefundRoutes } from './contract/cancel-and-refund-routes';
import { deadLetterRoutes } from './contract/dead-letter-routes';
import { driftRoutes } from './contract/drift-routes';
import { eventRoutes } from './contract/event-routes';
import { historyRoutes } from './contract/history-routes';
import { purchaseRoutes } from './contract/purchase-routes';
import { reviewRoutes } from './contract/review-routes';
import { usageRoutes } from './contract/usage-routes';

/**
 * The routes of the payment service. Of its back office, support may read everything; whatever moves money, or may lead to that
 * (refund, repair, replay, redrive, resolve), is for admins.
 */
export const paymentContract = defineContract({
  ...purchaseRoutes,
  ...historyRoutes,
  ...cancelAndRefundRoutes,
  ...driftRoutes,
  ...eventRoutes,
  ...deadLetterRoutes,
  ...reviewRoutes,
  ...usageRoutes,
  ...analyticsRoutes,
});

export type PaymentContract = typeof paymentContract;
