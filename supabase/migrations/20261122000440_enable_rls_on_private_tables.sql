-- Row-level security on every table of private, too. Grants already say which role may do what, and no role of the Data API
-- has any here; with the policies, a grant that slips in somewhere opens nothing: who is not named below sees no row.
-- The policies say `true`, which the planner removes: the functions behind these roles act for everybody, and what may
-- change in a row is held by column grants and triggers.

-- What the providers told us, and what was booked. Written and read, never changed.
alter table private.payment_facts enable row level security;

create policy "The one writer reads facts" on private.payment_facts
  for select to tandem_payment, tandem_reconcile using (true);

create policy "The one writer adds facts" on private.payment_facts
  for insert to tandem_payment, tandem_reconcile with check (true);

alter table private.payouts enable row level security;

create policy "The one writer reads payouts" on private.payouts
  for select to tandem_payment, tandem_reconcile using (true);

create policy "The one writer adds payouts" on private.payouts
  for insert to tandem_payment, tandem_reconcile with check (true);

-- No policy: the list of accounts changes by migration, and only the checks of its owner read it.
alter table private.ledger_accounts enable row level security;

alter table private.ledger_transactions enable row level security;

create policy "The one writer reads bookings" on private.ledger_transactions
  for select to tandem_payment, tandem_reconcile using (true);

create policy "The one writer books" on private.ledger_transactions
  for insert to tandem_payment, tandem_reconcile with check (true);

alter table private.ledger_entries enable row level security;

create policy "The one writer reads entries" on private.ledger_entries
  for select to tandem_payment, tandem_reconcile using (true);

create policy "The one writer enters" on private.ledger_entries
  for insert to tandem_payment, tandem_reconcile with check (true);

alter table private.inbox enable row level security;

create policy "The one writer reads reports" on private.inbox
  for select to tandem_payment, tandem_reconcile using (true);

create policy "The one writer files reports" on private.inbox
  for insert to tandem_payment, tandem_reconcile with check (true);

create policy "The one writer judges reports" on private.inbox
  for update to tandem_payment, tandem_reconcile using (true) with check (true);

-- Calls to the providers, and when to call again.
alter table private.provider_calls enable row level security;

create policy "Payment and sweep read calls" on private.provider_calls
  for select to tandem_payment, tandem_reconcile using (true);

create policy "Payment and sweep intend calls" on private.provider_calls
  for insert to tandem_payment, tandem_reconcile with check (true);

create policy "Payment and sweep note how calls ended" on private.provider_calls
  for update to tandem_payment, tandem_reconcile using (true) with check (true);

alter table private.payment_sweeps enable row level security;

create policy "The sweep reads its plan" on private.payment_sweeps
  for select to tandem_reconcile using (true);

create policy "The sweep plans" on private.payment_sweeps
  for insert to tandem_reconcile with check (true);

create policy "The sweep changes its plan" on private.payment_sweeps
  for update to tandem_reconcile using (true) with check (true);

alter table private.provider_pauses enable row level security;

create policy "The sweep reads pauses" on private.provider_pauses
  for select to tandem_reconcile using (true);

create policy "The sweep notes pauses" on private.provider_pauses
  for insert to tandem_reconcile with check (true);

create policy "The sweep prolongs pauses" on private.provider_pauses
  for update to tandem_reconcile using (true) with check (true);

alter table private.provider_cursors enable row level security;

create policy "The sweep reads cursors" on private.provider_cursors
  for select to tandem_reconcile using (true);

create policy "The sweep sets cursors" on private.provider_cursors
  for insert to tandem_reconcile with check (true);

create policy "The sweep moves cursors" on private.provider_cursors
  for update to tandem_reconcile using (true) with check (true);

alter table private.idempotency_keys enable row level security;

create policy "Payment answers repeats, and the sweep finds old keys" on private.idempotency_keys
  for select to tandem_payment, tandem_reconcile using (true);

create policy "Payment claims keys" on private.idempotency_keys
  for insert to tandem_payment with check (true);

create policy "Payment keeps answers" on private.idempotency_keys
  for update to tandem_payment using (true) with check (true);

create policy "The sweep forgets keys" on private.idempotency_keys
  for delete to tandem_reconcile using (true);

-- The providers' statements, and where our books differ from them.
alter table private.provider_movements enable row level security;

create policy "Payment and sweep read statements" on private.provider_movements
  for select to tandem_payment, tandem_reconcile using (true);

create policy "Payment and sweep copy statements" on private.provider_movements
  for insert to tandem_payment, tandem_reconcile with check (true);

create policy "Payment and sweep follow statements" on private.provider_movements
  for update to tandem_payment, tandem_reconcile using (true) with check (true);

alter table private.drift enable row level security;

create policy "Payment and sweep read drift" on private.drift
  for select to tandem_payment, tandem_reconcile using (true);

create policy "Payment and sweep report drift" on private.drift
  for insert to tandem_payment, tandem_reconcile with check (true);

create policy "Payment and sweep follow drift" on private.drift
  for update to tandem_payment, tandem_reconcile using (true) with check (true);

alter table private.daily_totals enable row level security;

create policy "Payment and sweep read totals" on private.daily_totals
  for select to tandem_payment, tandem_reconcile using (true);

create policy "The sweep adds totals" on private.daily_totals
  for insert to tandem_reconcile with check (true);

create policy "The sweep corrects totals" on private.daily_totals
  for update to tandem_reconcile using (true) with check (true);
