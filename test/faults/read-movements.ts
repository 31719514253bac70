import type { Tandem } from '../../local/tandem';
import type { Movement } from './expected-bookings';

/** Every movement of money that the providers know of. */
export const readMovements = async ({ doubles }: Tandem): Promise<readonly Movement[]> => {
  const all = await Promise.all(
    (['stripe', 'paypal'] as const).map(async (provider) => {
      const response = await fetch(`${doubles[provider]?.url}/_control/ledger`);
      const { entries } = (await response.json()) as { entries: Omit<Movement, 'provider'>[] };
      return entries.map((entry) => ({ ...entry, provider }));
    }),
  );
  return all.flat();
};
