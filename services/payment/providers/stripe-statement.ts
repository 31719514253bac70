import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error';
import type { Movement } from '../domain/movement';
import type { MovementPage, ProviderStatement } from '../ports';
import type { CallStripe } from './call-stripe';
import { movementsOfLine, stripeBalanceTransaction } from './stripe-movements';

/** The most that Stripe gives at a time. */
const PAGE = 100;

const EXPAND = ['data.source'];

const page = z.object({ data: z.array(stripeBalanceTransaction), has_more: z.boolean() });

/** Stripe's statement: its balance transactions (docs.stripe.com/api/balance_transactions/list), newest first. */
export const stripeStatement = (call: CallStripe): ProviderStatement => ({
  list: async ({ from, until, mark }) => {
    const answer = page.safeParse(
      await call((stripe) =>
        stripe.balanceTransactions.list({
          created: { gte: Math.floor(from / 1000), lte: Math.floor(until / 1000) },
          limit: PAGE,
          expand: EXPAND,
          ...(mark === null ? {} : { starting_after: mark }),
        }),
      ),
    );
    if (!answer.success) throw new AppError('provider_unavailable', { cause: answer.error });
    const { data, has_more: hasMore } = answer.data;
    return { ...readLines(data), next: hasMore ? (data.at(-1)?.id ?? null) : null };
  },
  find: async ({ objectId }) => {
    const lines = objectId.startsWith('txn_')
      ? await call(async (stripe) => [
          await stripe.balanceTransactions.retrieve(objectId, { expand: ['source'] }),
        ])
      : await call(async (stripe) => {
          const list = await stripe.balanceTransactions.list({
            source: objectId,
            limit: PAGE,
            expand: EXPAND,
          });
          return list.data;
        });
    const parsed = z.array(stripeBalanceTransaction).safeParse(lines);
    if (!parsed.success) throw new AppError('provider_unavailable', { cause: parsed.error });
    return readLines(parsed.data).movements;
  },
});

/** A line in a currency that we cannot express must not keep the others out. */
const readLines = (
  lines: readonly z.infer<typeof stripeBalanceTransaction>[],
): Pick<MovementPage, 'movements' | 'refused'> => {
  const movements: Movement[] = [];
  const refused: { id: string; error: unknown }[] = [];
  for (const line of lines) {
    try {
      movements.push(...movementsOfLine(line));
    } catch (error) {
      refused.push({ id: line.id, error });
    }
  }
  return { movements, refused };
};
