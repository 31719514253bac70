-- A small catalogue to try things with. Runs once after the migrations.
insert into public.prices (id, name, description, currency, amount_minor, min_amount_minor, max_amount_minor) values
  ('pro', 'Pro plan, one month', 'Everything, for one person', 'USD', 1999, null, null),
  ('team', 'Team plan, one month', 'Everything, for ten people', 'USD', 9900, null, null),
  ('tokyo-guide', 'Guide to Tokyo', 'A currency without decimals', 'JPY', 1500, null, null),
  ('donation', 'Donation', 'An amount of your choice', 'EUR', null, 100, 100000)
on conflict (id) do nothing;
