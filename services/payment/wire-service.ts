import type { Database } from '#shared/database/pool';
import type { HttpService } from '#shared/http/http-handler';
import { callLimiter } from '#shared/http/limit-call';
import type { RateLimiter } from '#shared/http/rate-limiter';
import type { Authenticate } from '#shared/http/request';
import type { MakeId, Now } from '#shared/kernel/ids';
import { type PaymentContract, paymentContract } from './contract';
import type { Provider } from './domain/provider-scale';
import { handleCancelPayment } from './handlers/cancel-payment';
import { handleConfirmPaypal, handleConfirmStripe } from './handlers/confirm-payment';
import { handleCreateIntent } from './handlers/create-intent';
import { handleRedriveDeadLetters, handleShowDeadLetters } from './handlers/dead-letters';
import { handleListDrift, handleListDriftTotals } from './handlers/list-drift';
import { handleGetEvent, handleListEvents } from './handlers/list-events';
import { handleGetHistory, handleListHistory } from './handlers/list-history';
import { handleListPrices } from './handlers/list-prices';
import { handleReadAnalytics } from './handlers/read-analytics';
import { handleRefundPayment } from './handlers/refund-payment';
import { handleRepairDrift } from './handlers/repair-drift';
import { handleReplayEvent, handleReplayEvents } from './handlers/replay-events';
import { handleListReviews, handleResolveReview } from './handlers/reviews';
import { handleListUsage, handleRecordUsage } from './handlers/usage';
import type {
  DeadLetterQueues,
  PaymentProviders,
  ProviderStatement,
  ReadProviderEvent,
  ReadStoredReport,
  SendEvents,
} from './ports';
import { cachePrices } from './use-cases/cache-prices';

export interface PaymentParts {
  readonly database: Database;
  readonly providers: PaymentProviders;
  readonly statements: Readonly<Record<Provider, ProviderStatement>>;
  readonly read: ReadProviderEvent;
  readonly readStored: ReadStoredReport;
  readonly sendEvents: SendEvents;
  readonly deadLetters: DeadLetterQueues;
  readonly authenticate: Authenticate;
  readonly allowedOrigins: readonly string[];
  readonly limiter: RateLimiter;
  readonly mode: 'live' | 'test';
  readonly now: Now;
  readonly makeId: MakeId;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Puts the HTTP half of the payment service together; tests give it other parts. */
export const wireService = (parts: PaymentParts): HttpService<PaymentContract> => {
  const deps = { ...parts, ...cachePrices(parts.database, parts.now) };
  return {
    contract: paymentContract,
    handlers: {
      listPrices: handleListPrices(deps),
      createIntent: handleCreateIntent(deps),
      confirmStripe: handleConfirmStripe(deps),
      confirmPaypal: handleConfirmPaypal(deps),
      listHistory: handleListHistory(deps),
      getHistory: handleGetHistory(deps),
      cancelPayment: handleCancelPayment(deps),
      refundPayment: handleRefundPayment(deps),
      listDrift: handleListDrift(deps),
      listDriftTotals: handleListDriftTotals(deps),
      repairDrift: handleRepairDrift(deps),
      listEvents: handleListEvents(deps),
      getEvent: handleGetEvent(deps),
      replayEvent: handleReplayEvent(deps),
      replayEvents: handleReplayEvents(deps),
      showDeadLetters: handleShowDeadLetters(deps),
      redriveDeadLetters: handleRedriveDeadLetters(deps),
      listReviews: handleListReviews(deps),
      resolveReview: handleResolveReview(deps),
      recordUsage: handleRecordUsage(deps),
      listUsage: handleListUsage(deps),
      readAnalytics: handleReadAnalytics(deps),
    },
    authenticate: parts.authenticate,
    allowedOrigins: parts.allowedOrigins,
    limiter: callLimiter(parts.limiter),
  };
};
