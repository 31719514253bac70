import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';
import type { CancelRequest, PaymentProviders } from '../ports';
import { callProvider } from './call-provider';
import type { Observed } from './observe';

export interface EndDeps {
  readonly database: Queryable;
  readonly providers: PaymentProviders;
  readonly now: () => number;
}

/** A payment whose intent or order is known. */
export interface StartedPayment {
  readonly id: string;
  readonly provider: Provider;
  readonly providerRef: string;
  readonly currency: string;
}

/** Makes a cancellation that was written down before. */
export const giveUp = (
  { database, providers }: EndDeps,
  { id: paymentId, provider, providerRef, currency }: StartedPayment,
  key: string,
  reason: CancelRequest['reason'] = 'requested_by_customer',
): Promise<Observed> =>
  callProvider(
    database,
    key,
    () => providers[provider].cancel({ key, providerRef, paymentId, currency, reason }),
    ({ observation }) => observation.providerRef,
  );
