import type { ProviderStatement } from '../../services/payment/ports';

const nothing: ProviderStatement = {
  list: async () => ({ movements: [], refused: [], next: null }),
  find: async () => [],
};

/** Providers on whose statements nothing ever moves. */
export const emptyStatements = { stripe: nothing, paypal: nothing };
