import type { Store } from './store';

/** Any object of the API by its id, whatever its kind. */
export function findObject(store: Store, id: string): object | undefined {
  return (
    store.paymentIntents.get(id) ??
    store.charges.get(id) ??
    store.refunds.get(id) ??
    store.disputes.get(id) ??
    store.payouts.get(id) ??
    store.customers.get(id) ??
    store.paymentMethods.get(id) ??
    store.balanceTransactions.get(id) ??
    store.products.get(id) ??
    store.prices.get(id)
  );
}
