-- At most one call that ends an open payment is under way: while a capture is intended or its outcome unknown nobody gives the
-- order up, and an order that was given up is never captured, by whomever and however many processes try at once.
create unique index provider_calls_one_end_idx on private.provider_calls (payment_id)
  where (operation in ('capture', 'cancel') and state in ('intended', 'unknown'))
     or (operation = 'cancel' and state = 'succeeded');

-- failed with error_code not_made: looked for at the provider and surely not there, after the key could tell nothing any more.
comment on column private.provider_calls.state is 'intended: not known to have been made. unknown: made, outcome not known. succeeded: made. failed: refused for good, or surely not made.';

-- When a try began, so that nobody else concludes from not finding its result that there is none.
comment on column private.provider_calls.attempted_at is 'When the last try began, or its outcome was noted.';

-- A provider that answers with Retry-After is left alone until then, by this run of the sweep and the next.
create table private.provider_pauses (
  provider text primary key check (provider in ('stripe', 'paypal')),
  until timestamptz not null,
  noted_at timestamptz not null default now()
);

comment on table private.provider_pauses is 'Until when a provider wants to be left alone by the sweep (its Retry-After).';

grant select, insert, update on private.provider_pauses to tandem_reconcile;
