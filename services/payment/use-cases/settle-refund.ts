import type { Queryable } from '#shared/database/queryable';
import { AppError, isAppError } from '#shared/errors/app-error';
import { isSurelyNotMade, mustLook, type OpenCall } from '../domain/call-horizon';
import type { PaymentProviders, RefundRequest } from '../ports';
import { recordFailedCall } from '../sql/record-call';
import { callProvider } from './call-provider';
import type { Observed } from './observe';

export type OpenRefund = RefundRequest & Omit<OpenCall, 'operation'>;

export interface SettleRefundDeps {
  readonly database: Queryable;
  readonly providers: PaymentProviders;
  readonly now: () => number;
}

/** What became of a refund, with all that was seen; `refundId` is null when the provider has surely not made it. */
export type SettledRefund = Observed & { readonly refundId: string | null };

/**
 * Makes a refund that was written down before, or finds out what became of it: with the same key while the provider knows it,
 * by looking at the refunds of the capture afterwards, and never with another key before that. A refund that is surely not there
 * is noted as failed, which frees what it had reserved.
 *
 * @throws AppError `provider_outcome_unknown` while looking may still be too early; those of the provider
 */
export const settleRefund = async (deps: SettleRefundDeps, refund: OpenRefund): Promise<SettledRefund> => {
  const provider = deps.providers[refund.provider];
  if (!mustLook({ ...refund, operation: 'refund' }, deps.now())) {
    try {
      return await callProvider(
        deps.database,
        refund.key,
        () => provider.refund(refund),
        ({ refundId }) => refundId,
      );
    } catch (error) {
      if (!isAppError(error, 'provider_outcome_unknown')) throw error;
    }
  }
  const seen = await provider.findRefund(refund);
  if (seen.refundId !== null) return { ...seen, call: { key: refund.key, resultRef: seen.refundId } };
  if (!isSurelyNotMade(refund, deps.now())) {
    throw new AppError('provider_outcome_unknown', { headers: { 'retry-after': '300' } });
  }
  await recordFailedCall(deps.database, { key: refund.key, state: 'failed', errorCode: 'not_made' });
  return seen;
};
