-- Rights that no statement of the function behind the role asks for (test/database/role-grants.test.ts compares the two).

-- Asks `select 1` and nothing else.
revoke usage on schema private, public from tandem_health;

-- The profile that sign-in makes has none yet; its user writes it later.
revoke insert (metadata) on public.user_profiles from tandem_auth;

-- Only private.delete_account calls it, as its owner.
revoke execute on function private.account_blockers(uuid) from tandem_auth;

-- Within what was granted on the whole table later.
revoke select (key) on private.ledger_transactions from tandem_payment, tandem_reconcile;
