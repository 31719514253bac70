-- An operator's repair says why a difference is there, as the daily run does: from what the inbox knows of the payment.
grant select (provider_ref, source, received_at) on private.inbox to tandem_payment;
