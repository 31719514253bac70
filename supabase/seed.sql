-- A small catalogue to try things with. Runs once after the migrations.
insert into public.prices (id, name, description, currency, amount_minor, min_amount_minor, max_amount_minor) values
  ('pro', 'Pro plan, one month', 'Everything, for one person', 'USD', 1999, null, null),
  ('team', 'Team plan, one month', 'Everything, for ten people', 'USD', 9900, null, null),
  ('tokyo-guide', 'Guide to Tokyo', 'A currency without decimals', 'JPY', 1500, null, null),
  ('donation', 'Donation', 'An amount of your choice', 'EUR', null, 100, 100000)
on conflict (id) do nothing;

-- What is measured, and what plans include of it.
insert into public.meters (id, unit, reported_by_users, description) values
  ('api_calls', 'call', false, 'Counted by our own services'),
  ('exports', 'export', true, 'Reported by the client that makes them')
on conflict (id) do nothing;

insert into public.plans (id, name) values ('pro', 'Pro'), ('team', 'Team')
on conflict (id) do nothing;

insert into public.plan_quotas (plan, meter, period, soft_limit, hard_limit) values
  ('free', 'api_calls', 'day', 80, 100),
  ('free', 'exports', 'month', 8, 10),
  ('pro', 'api_calls', 'billing_period', 40000, 50000),
  ('pro', 'exports', 'month', 400, 500),
  ('team', 'api_calls', 'billing_period', 1000000, null)
on conflict (plan, meter) do nothing;
