-- Answers and Stripe's SDK carry amounts as JSON numbers, which are exact up to 2^53. Twelve digits are more than any provider takes
-- at once, and leave room for currencies that Stripe counts in hundredths (services/payment/domain/provider-scale.ts).
alter table public.prices add constraint prices_amount_is_exact check (amount_minor <= 999999999999);

alter table public.payments add constraint payments_amount_is_exact check (amount_minor <= 999999999999);
