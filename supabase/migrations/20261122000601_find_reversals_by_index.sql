-- The sweep looks for payments that PayPal said it took back lately (services/payment/sql/claim-open-payments.ts). The inbox only grows,
-- and few of its rows are about that.
create index inbox_reversals_idx on private.inbox (received_at) where event_type = 'PAYMENT.CAPTURE.REVERSED';
