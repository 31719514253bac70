import type { Mutant } from './mutant';

const domain = 'services/payment/domain';
const useCases = 'services/payment/use-cases';
const migrations = 'supabase/migrations';

/** Faults that would lose, double or misstate money. */
export const paymentMutants: readonly Mutant[] = [
  {
    name: 'facts have no unique key',
    file: `${migrations}/20261122000600_order_disputes_by_time.sql`,
    search:
      'drop constraint payment_facts_pkey,\n  add constraint payment_facts_pkey primary key (provider, kind, object_id, status, as_of);',
    replacement: 'drop constraint payment_facts_pkey;',
    tests: ['test/database/payment-constraints.test.ts'],
  },
  {
    name: 'a write does not look at the version',
    file: 'services/payment/sql/apply-statement.ts',
    search: 'where p.version = c.version and ',
    replacement: 'where ',
    tests: ['test/database/sql-payment-apply-reports.test.ts'],
  },
  {
    name: 'the ledger need not balance',
    file: `${migrations}/20261122000609_check_accounts_of_entries.sql`,
    search: 'select count(*) <> 2 or sum(e.amount_minor) <> 0 from',
    replacement: 'select false from',
    tests: ['test/database/payment-books.test.ts'],
  },
  {
    name: 'a report that could not be written counts as done',
    file: `${useCases}/apply-messages.ts`,
    search: 'for (const { messageId } of batch) verdicts.set(messageId, { done: false, error });',
    replacement: 'for (const { messageId } of batch) verdicts.set(messageId, { done: true });',
    tests: ['test/flow/reconcile-batches.test.ts'],
  },
  {
    name: 'a batch always answers that nothing failed',
    file: 'shared/queue/queue-handler.ts',
    search: '        throw error;\n',
    replacement: '        return;\n',
    tests: ['test/flow/reconcile-batches.test.ts'],
  },
  {
    name: 'a message of the other mode is taken',
    file: `${useCases}/apply-messages.ts`,
    search: 'if (message.mode !== deps.mode)',
    replacement: 'if (message.mode === undefined)',
    tests: ['test/flow/reconcile-batches.test.ts'],
  },
  {
    name: 'the last open status to arrive wins',
    file: `${domain}/open-status.ts`,
    search: '  return compare(a, b) >= 0 ? a : b;',
    replacement: '  return b;',
    tests: ['test/unit/payment-facts.test.ts'],
  },
  {
    name: 'the first report of a thing wins over how far it has come',
    file: `${domain}/join-facts.ts`,
    search: 'if (held === undefined || compareProgress(fact, held) > 0)',
    replacement: 'if (held === undefined)',
    tests: ['test/simulation/simulation.test.ts'],
  },
  {
    name: 'a dispute never goes back to where it stood',
    file: `${domain}/fact-kinds.ts`,
    search: 'if (since !== until) return since < until ? -1 : 1;',
    replacement: '',
    tests: ['test/simulation/simulation.test.ts'],
  },
  {
    name: 'the database does not look at when a dispute was said to stand',
    file: `${migrations}/20261122000600_order_disputes_by_time.sql`,
    search: 'f.object_id, f.as_of desc, private.fact_rank',
    replacement: 'f.object_id, private.fact_rank',
    tests: ['test/database/payment-derived.test.ts'],
  },
  {
    name: "a pending charge outlives its intent's word",
    file: 'services/payment/providers/stripe-facts.ts',
    search: "if (charge.status === 'pending') return [];",
    replacement:
      "if (charge.status === 'pending') return [{ ...base, kind: 'capture', status: 'pending', amountMinor: 0n }];",
    tests: ['test/simulation/simulation.test.ts'],
  },
  {
    name: 'money is scaled in floats',
    file: `${domain}/provider-scale.ts`,
    search: 'if (to >= from) return amount * 10n ** BigInt(to - from);',
    replacement: 'if (to >= from) return BigInt(Number(amount) * 10 ** (to - from));',
    tests: ['test/architecture/code-rules.test.ts', 'test/unit/payment-money.test.ts'],
  },
  {
    name: 'an intent over another amount is believed',
    file: `${domain}/fold-observation.ts`,
    search: "  if (asked !== null && asked.amountMinor !== state.amountMinor) return 'other_amount';\n",
    replacement: '',
    tests: ['test/unit/payment-facts.test.ts'],
  },
  {
    name: 'refunds under way reserve nothing',
    file: 'services/payment/sql/intend-refund.ts',
    search: 'reservedMinor: others.reduce((total, row) => total + BigInt(row.amount_minor), 0n),',
    replacement: 'reservedMinor: 0n,',
    tests: [
      'test/flow/payment-refund.test.ts',
      'test/flow/payment-races.test.ts',
      'test/flow/payment-hard-cases.test.ts',
    ],
  },
  {
    name: 'the sweep captures what was declined before',
    file: `${useCases}/look-at-payment.ts`,
    search: ' && !payment.wasDeclined',
    replacement: '',
    tests: ['test/flow/sweep-payments.test.ts'],
  },
  {
    name: 'a line that is booked twice counts as listed twice',
    file: 'services/payment/sql/unlisted-bookings.ts',
    search: "and not (t.kind = 'withdrawal' and",
    replacement: "and not (t.kind = 'nothing' and",
    tests: ['test/database/sql-payment-drift.test.ts'],
  },
  {
    name: 'a refund is repeated with a key the provider forgot',
    file: `${domain}/call-horizon.ts`,
    search: ' || !isRepeatable(call, now);',
    replacement: ';',
    tests: ['test/flow/payment-hard-cases.test.ts', 'test/flow/key-death.test.ts'],
  },
  {
    name: 'what is not found at once was surely not made',
    file: `${domain}/call-horizon.ts`,
    search: 'now - createdAt >= SETTLING_MS;',
    replacement: 'now >= createdAt;',
    tests: ['test/flow/provider-answers.test.ts'],
  },
  {
    name: 'an order is captured although it was given up',
    file: `${migrations}/20261122000330_guard_provider_calls.sql`,
    search: "where (operation in ('capture', 'cancel') and state in ('intended', 'unknown'))",
    replacement: 'where (false)',
    tests: ['test/database/sql-payment-calls.test.ts', 'test/flow/payment-cancel.test.ts'],
  },
  {
    name: 'a refund’s reservation ends before its fact counts',
    file: `${useCases}/fold-reports.ts`,
    search: '? callsWithFacts(reading.observation) : [];',
    replacement: '? (reading.observation.calls ?? []) : [];',
    tests: ['test/unit/payment-seen-calls.test.ts'],
  },
  {
    name: 'a provider that wants to be left alone is asked again in the next run',
    file: `${useCases}/provider-patience.ts`,
    search: '(pauses.get(provider) ?? 0) <= now()',
    replacement: '(pauses.get(provider) ?? 0) >= 0',
    tests: ['test/flow/provider-answers.test.ts'],
  },
  {
    name: 'each retry is another call to the provider',
    file: `${useCases}/create-intent.ts`,
    search: 'callKey: `create:',
    replacement: 'callKey: deps.makeId() + `',
    tests: ['test/flow/payment-create-intent.test.ts', 'test/flow/payment-hard-cases.test.ts'],
  },
  {
    name: 'held events are acknowledged and forgotten',
    file: `${useCases}/fold-reports.ts`,
    search: "const entries = [entryOf(report, 'held', 'no such payment here')];",
    replacement: 'const entries: readonly InboxEntry[] = [];',
    tests: ['test/flow/reconcile-batches.test.ts'],
  },
  {
    name: 'an answer with news leaves no record when its event was known',
    file: `${useCases}/fold-reports.ts`,
    search: 'entries: hadEffect ? [entry, sightingEntryOf(entry, seenAs)] : [entry],',
    replacement: 'entries: [entry],',
    tests: ['test/flow/rebuild.test.ts'],
  },
  {
    name: 'a stale open status is applied without a record',
    file: `${useCases}/fold-reports.ts`,
    search: "if (!isKept) return { result: { outcome: 'applied', payment: state }, entries: [] };",
    replacement:
      "if (!isKept) return { result: { outcome: 'applied', payment: { ...state, ...fold.state } }, entries: [] };",
    tests: ['test/flow/rebuild.test.ts'],
  },
];
