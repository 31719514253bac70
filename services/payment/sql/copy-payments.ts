import type { Queryable } from '#shared/database/queryable';

/**
 * Copies what no report can tell, prices and the identity of payments, into a database that has neither. The payments come
 * without their owners: accounts are not part of what is rebuilt. Gives the number of payments. To be called inside a
 * transaction of `source`.
 *
 * @throws Error when the scratch database has payments already
 */
export const copyPayments = async (source: Queryable, scratch: Queryable): Promise<number> => {
  const { rowCount } = await scratch.query('select from public.payments limit 1');
  if (rowCount !== 0)
    throw new Error('the scratch database has payments already; give an empty, migrated one');
  const prices = await source.query<{ readonly rows: string }>(
    `select coalesce(json_agg(p), '[]'::json)::text as rows from public.prices p`,
  );
  await scratch.query(
    `insert into public.prices select * from json_populate_recordset(null::public.prices, $1::json) on conflict do nothing`,
    [prices.rows[0]?.rows],
  );
  await source.query(
    `declare payment_rows no scroll cursor for
     select json_build_object('id', id, 'provider', provider, 'price_id', price_id, 'description', description,
              'currency', currency, 'amount_minor', amount_minor::text, 'created_at', created_at)::text as row
     from public.payments`,
  );
  let copied = 0;
  for (;;) {
    const { rows } = await source.query<{ readonly row: string }>('fetch 2000 from payment_rows');
    if (rows.length === 0) break;
    await scratch.query(
      `insert into public.payments (id, provider, price_id, description, currency, amount_minor, created_at)
       select id, provider, price_id, description, currency, amount_minor, created_at
       from json_to_recordset($1::json) as t(id uuid, provider text, price_id text, description text, currency text,
         amount_minor bigint, created_at timestamptz)`,
      [`[${rows.map(({ row }) => row).join(',')}]`],
    );
    copied += rows.length;
  }
  await source.query('close payment_rows');
  return copied;
};
