/**
 * The statement of applyReports: inbox rows, row locks, facts, bookings, calls and derived state at once.
 * Parameters: $1 changes, $2 inbox, $3 facts, $4 transactions, $5 entries, $6 calls, $7 payouts (JSON), $8 ids of the changes.
 */
const WRITE = `with change as (
  select * from json_to_recordset($1::json) as t(
    id uuid, version bigint, provider_ref text, status text, captured_minor bigint, refunded_minor bigint,
    reversed_minor bigint, fee_minor bigint, dispute_status text, observed_status text, observed_at timestamptz,
    observed_rank smallint, observed_event text, last_error_code text, review_reason text)
), locked as (
  -- Sorted, so that two batches over the same payments wait for each other instead of deadlocking. The ids are given
  -- once more as an array, whose length the planner knows: it must never read the whole table.
  select p.id from public.payments p join change c on c.id = p.id
  where p.version = c.version and p.id = any($8::uuid[])
  order by p.id
  for no key update of p
), stretch as (
  -- Taken once the rows are locked, so that of two writers of a payment the later has the later positions.
  select nextval('private.inbox_positions') as start from (select count(*) from locked) l
), stored as (
  insert into private.inbox as i (provider, event_id, source, event_type, provider_ref, payment_id, mode, account,
    transmission_id, sha256, body, observation, received_at, outcome, reason, position)
  select t.provider, t.event_id, t.source, t.event_type, t.provider_ref, t.payment_id, t.mode, t.account,
    t.transmission_id, t.sha256, t.body, t.observation, t.received_at, t.outcome, t.reason,
    (select start from stretch) + t.place
  from json_to_recordset($2::json) as t(
    provider text, event_id text, source text, event_type text, provider_ref text, payment_id uuid, mode text,
    account text, transmission_id text, sha256 text, body text, observation text, received_at timestamptz,
    outcome text, reason text, place int)
  where not exists (select from change c where c.id = t.payment_id)
     or t.payment_id in (select id from locked)
  order by t.provider, t.event_id
  -- A report seen before changes nothing, unless it waited (held, under review), or could not be read, and now has
  -- its effect; or asking about its event again brought what a person must see. What is under review stays so until
  -- it counts or a person has looked.
  on conflict (provider, event_id) do update
  set payment_id = excluded.payment_id, provider_ref = coalesce(excluded.provider_ref, i.provider_ref),
      outcome = excluded.outcome, reason = excluded.reason,
      observation = coalesce(excluded.observation, i.observation), attempts = i.attempts + 1, processed_at = now(),
      position = case when (i.outcome, i.reason) is not distinct from (excluded.outcome, excluded.reason)
        then i.position else excluded.position end
  where i.outcome = 'held'
     or (i.outcome = 'review' and excluded.payment_id is not null)
     or (i.outcome = 'ignored' and excluded.outcome <> 'ignored')
     or (i.outcome = 'dismissed' and excluded.outcome = 'applied')
     or (i.outcome = 'applied' and excluded.outcome = 'review' and excluded.observation is not null)
), fact as (
  insert into private.payment_facts (payment_id, provider, kind, object_id, status, currency, amount_minor, parent_id, as_of)
  select t.payment_id, t.provider, t.kind, t.object_id, t.status, t.currency, t.amount_minor, t.parent_id,
    coalesce(t.as_of, '-infinity')
  from json_to_recordset($3::json) as t(
    payment_id uuid, provider text, kind text, object_id text, status text, currency text, amount_minor bigint,
    parent_id text, as_of timestamptz)
  where t.payment_id in (select id from locked)
), payout as (
  insert into private.payouts (provider, object_id, status, currency, amount_minor)
  select t.provider, t.object_id, t.status, t.currency, t.amount_minor
  from json_to_recordset($7::json) as t(
    provider text, object_id text, status text, currency text, amount_minor bigint)
  order by t.provider, t.object_id, t.status
  on conflict do nothing
), booked as (
  insert into private.ledger_transactions (key, payment_id, currency, kind)
  select t.key, t.payment_id, t.currency, t.kind
  from json_to_recordset($4::json) as t(key text, payment_id uuid, currency text, kind text)
  where t.payment_id in (select id from locked) or t.payment_id is null
  -- Whichever of its unique indexes says so: two that book one payout at once may meet in the other.
  on conflict do nothing
  returning key
), entry as (
  insert into private.ledger_entries (transaction_key, account, currency, amount_minor)
  select t.transaction_key, t.account, t.currency, t.amount_minor
  from json_to_recordset($5::json) as t(transaction_key text, account text, currency text, amount_minor bigint)
  where t.transaction_key in (select key from booked)
), settled as (
  update private.provider_calls p
  set state = 'succeeded', result_ref = t.result_ref, error_code = null, attempts = p.attempts + 1,
      attempted_at = now()
  from json_to_recordset($6::json) as t(key text, result_ref text, payment_id uuid)
  where p.key = t.key and p.state <> 'succeeded' and p.payment_id = coalesce(t.payment_id, p.payment_id)
    and (p.payment_id in (select id from locked) or not exists (select from change c where c.id = p.payment_id))
), updated as (
  update public.payments p
  set provider_ref = c.provider_ref, status = c.status, captured_minor = c.captured_minor,
      refunded_minor = c.refunded_minor, reversed_minor = c.reversed_minor, fee_minor = c.fee_minor,
      dispute_status = c.dispute_status, observed_status = c.observed_status, observed_at = c.observed_at, observed_rank = c.observed_rank, observed_event = c.observed_event,
      last_error_code = c.last_error_code, review_reason = c.review_reason, version = p.version + 1,
      -- When what its owner sees last changed: a late report of an open status is no news after the money came.
      updated_at = case
        when (p.provider_ref, p.status, p.captured_minor, p.refunded_minor, p.reversed_minor, p.dispute_status,
              p.last_error_code)
          is distinct from (c.provider_ref, c.status, c.captured_minor, c.refunded_minor, c.reversed_minor,
                            c.dispute_status, c.last_error_code)
        then now() else p.updated_at end
  from change c
  where p.id = c.id and p.id in (select id from locked)
  returning p.id, p.updated_at
)`;

export const APPLY = `${WRITE}
select id, updated_at, false as is_answered from updated`;

/** In an answer that is not known before it is written: the time of writing, as JSON tells times. */
export const TIME_OF_WRITING = new Date(0);

/**
 * The same, and the answer of ours that tells of it: $9 its text, $10 the payment, $11 user, $12 route, $13 key. Kept only on top
 * of what was written here.
 */
export const APPLY_AND_ANSWER = `${WRITE}, answered as (
  update private.idempotency_keys k
  set state = 'done',
      response = replace($9::text, '1970-01-01T00:00:00.000Z', to_char(
        date_trunc('milliseconds', u.updated_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from updated u
  where u.id = $10::uuid and k.user_id = $11::uuid and k.route = $12 and k.key = $13 and k.state = 'in_flight'
  returning k.key
)
select id, updated_at, exists (select from answered) as is_answered from updated`;
