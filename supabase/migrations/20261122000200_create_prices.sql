-- What can be bought. A price comes from here, never from the client; an entry without a fixed amount takes the client's
-- within its bounds (a donation, a top-up).
create table public.prices (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
  name text not null check (length(name) between 1 and 120),
  description text check (length(description) <= 500),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- ISO 4217 minor units; null where the client names the amount
  amount_minor bigint check (amount_minor > 0),
  min_amount_minor bigint check (min_amount_minor > 0),
  max_amount_minor bigint check (max_amount_minor <= 99999999),
  active boolean not null default true,
  created_at timestamptz not null default now(),
  constraint prices_fixed_or_bounded check (
    (amount_minor is not null and min_amount_minor is null and max_amount_minor is null)
    or (amount_minor is null and min_amount_minor is not null and max_amount_minor is not null
        and max_amount_minor >= min_amount_minor)
  )
);

comment on table public.prices is 'The catalogue: fixed or bounded amounts in ISO 4217 minor units.';

alter table public.prices enable row level security;

grant select on public.prices to anon, authenticated, tandem_payment;

create policy "Anyone may see active prices" on public.prices
  for select to anon, authenticated using (active);

create policy "The payment service reads the catalogue" on public.prices
  for select to tandem_payment using (true);
