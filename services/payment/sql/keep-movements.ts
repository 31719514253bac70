import type { Queryable } from '#shared/database/queryable';
import { bookingKey, type Movement } from '../domain/movement';

/** Keeps what a provider's statement lists. A movement that is listed again is the same row, as it is listed now. */
export const keepMovements = async (db: Queryable, movements: readonly Movement[]): Promise<void> => {
  if (movements.length === 0) return;
  const rows = new Map(movements.map((movement) => [keyOf(movement), rowOf(movement)]));
  await db.query(
    `insert into private.provider_movements as m (key, or_key, provider, books, object_id, line_id, amount_minor, currency,
       settled_currency, is_pending, provider_ref, claimed_payment_id, parent_id, moved_at)
     select t.key, t.or_key, t.provider, t.books, t.object_id, t.line_id, t.amount_minor, t.currency, t.settled_currency,
       t.is_pending, t.provider_ref, t.claimed_payment_id, t.parent_id, t.moved_at
     from json_to_recordset($1::json) as t(
       key text, or_key text, provider text, books text, object_id text, line_id text, amount_minor bigint, currency text,
       settled_currency text, is_pending boolean, provider_ref text, claimed_payment_id uuid, parent_id text,
       moved_at timestamptz)
     order by t.key
     on conflict (key) do update
     set or_key = coalesce(excluded.or_key, m.or_key), amount_minor = excluded.amount_minor, currency = excluded.currency,
         settled_currency = excluded.settled_currency, is_pending = excluded.is_pending,
         provider_ref = coalesce(excluded.provider_ref, m.provider_ref),
         claimed_payment_id = coalesce(excluded.claimed_payment_id, m.claimed_payment_id),
         parent_id = coalesce(excluded.parent_id, m.parent_id), moved_at = excluded.moved_at, last_listed_at = now()`,
    [JSON.stringify([...rows.values()])],
  );
};

const keyOf = ({ provider, books, objectId }: Movement): string => bookingKey(provider, books, objectId);

const rowOf = (movement: Movement) => ({
  key: keyOf(movement),
  or_key: movement.orKey,
  provider: movement.provider,
  books: movement.books,
  object_id: movement.objectId,
  line_id: movement.lineId,
  amount_minor: movement.amountMinor.toString(),
  currency: movement.currency,
  settled_currency: movement.settledCurrency,
  is_pending: movement.isPending,
  provider_ref: movement.providerRef,
  claimed_payment_id: movement.paymentId,
  parent_id: movement.parentId,
  moved_at: movement.at,
});
