import { showBalanceTransaction } from './balance-transactions';
import { listObjects, listParams } from './list-objects';
import type { StripeRoute } from './route';
import { missingResource } from './stripe-error';
import type { World } from './world';

const path = '/v1/balance_transactions';

/** /v1/balance_transactions: retrieve, list (docs.stripe.com/api/balance_transactions). */
export function balanceTransactionRoutes(world: World): StripeRoute[] {
  const { balanceTransactions } = world.store;
  return [
    {
      method: 'GET',
      pattern: path,
      params: [...listParams, 'currency', 'payout', 'source', 'type'],
      handle: (call) => {
        const { params } = call;
        const [currency, source, type] = [
          params.text('currency'),
          params.text('source'),
          params.text('type'),
        ];
        const wanted = balanceTransactions
          .all()
          .filter((one) => !currency || one.currency === currency)
          .filter((one) => !source || one.source === source)
          .filter((one) => !type || one.type === type)
          .map((one) => showBalanceTransaction(one, world.nowSeconds()));
        return listObjects(path, wanted, call);
      },
    },
    {
      method: 'GET',
      pattern: `${path}/{id}`,
      params: [],
      handle: ({ id }) => {
        const stored = balanceTransactions.get(id);
        if (!stored) throw missingResource('balance transaction', id);
        return showBalanceTransaction(stored, world.nowSeconds());
      },
    },
  ];
}
