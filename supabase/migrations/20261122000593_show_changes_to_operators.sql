-- Operators see by GET /api/payments/dead-letters which changes nobody could handle.
grant select (id, table_name, operation, key, changed_at, attempts, handled_at) on private.changes to tandem_payment;

create policy "The payment service shows changes to operators" on private.changes
  for select to tandem_payment using (true);
