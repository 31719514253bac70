import {
  factBookings,
  ledgerAccounts,
  payoutBookings,
  refundReversal,
} from '../../services/payment/domain/booking-rules';
import { disputesByAttention, openDisputeStatuses } from '../../services/payment/domain/dispute-status';
import { type FactKind, factKinds } from '../../services/payment/domain/fact-kinds';
import { factMeanings } from '../../services/payment/domain/fact-meanings';
import { statusRules } from '../../services/payment/domain/payment-status';
import { payoutStatuses } from '../../services/payment/domain/payout';

type Ranks = Readonly<Record<string, number>>;

const code = (text: string): string => `\`${text}\``;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const byRank = (ranks: Ranks): readonly string[] =>
  Object.entries(ranks)
    .sort(([, a], [, b]) => a - b)
    .map(([status]) => status);

const kinds = Object.keys(factKinds) as readonly FactKind[];

/** A life cycle as a diagram: whatever order reports come in, a thing stands at the last of these that was reported. */
const diagram = (name: string, ranks: Ranks): string => {
  const statuses = byRank(ranks);
  const arrows = statuses.slice(1).map((status, index) => `  ${statuses[index]} --> ${status}`);
  return [
    '```mermaid',
    'flowchart LR',
    `  subgraph ${name}`,
    '  direction LR',
    ...arrows,
    '  end',
    '```',
  ].join('\n');
};

const kindRows = kinds.map((kind) => {
  const { says, key, ofCapture } = factMeanings[kind];
  return [
    code(kind),
    says,
    key.stripe,
    key.paypal,
    ofCapture ? 'its capture' : 'the payment',
    byRank(factKinds[kind]).map(code).join(' < '),
  ];
});

const bookings = [
  ...factBookings.map(({ books, status, debit, credit }) => [
    books,
    `${code(books)} is ${code(status)}`,
    debit,
    credit,
  ]),
  [
    refundReversal.books,
    `${code('refund')} is ${code('succeeded')} and also ${refundReversal.after.map(code).join(' or ')}`,
    refundReversal.debit,
    refundReversal.credit,
  ],
  [
    payoutBookings.made.books,
    `a payout was seen ${payoutBookings.made.seen.map(code).join(', ')}`,
    payoutBookings.made.debit,
    payoutBookings.made.credit,
  ],
  [
    payoutBookings.returned.books,
    `and also ${payoutBookings.returned.seen.map(code).join(' or ')}`,
    payoutBookings.returned.debit,
    payoutBookings.returned.credit,
  ],
] as const;

const flows = [
  '```mermaid',
  'flowchart LR',
  ...bookings.map(([books, , debit, credit]) => `  ${credit} -- ${books} --> ${debit}`),
  '```',
].join('\n');

/** docs/facts.md: the model of payments, made from the data that the code itself runs on. */
export const factsDocument = (): string =>
  `${[
    '<!-- Made by `npm run docs` from services/payment/domain; do not edit. -->',
    '# Facts, and what follows from them',
    `What a provider tells us about a payment is kept as a set of facts. A fact is known by its provider, its kind and the
provider's id of the thing, and a row of the set also says how far that thing had come. Two reports of one thing join to the
one that has come further, so the order in which reports arrive, and how often, is nothing. Status, totals and books are a
function of the set: [payment-status.ts](../services/payment/domain/payment-status.ts) and
[ledger.ts](../services/payment/domain/ledger.ts) compute them, and SQL of its own
([derive_payments](../supabase/migrations/20261122000600_order_disputes_by_time.sql)) refuses every statement that says otherwise.`,
    '## Kinds of facts',
    table(['Kind', 'Says', 'Key at Stripe', 'Key at PayPal', 'Belongs to', 'How far it can come'], kindRows),
    'What belongs to a capture counts once that capture is known to have succeeded.',
    '## Life cycles',
    `Reports may skip any of these and come in any order; a thing stands at the one furthest to the right that was reported. A
${code('dispute')} goes back and forth (PayPal asks for evidence again, a lost one is appealed and won): its facts also say when the
provider said so, and it stands at the newest, of one moment at the furthest.`,
    ...kinds
      .filter((kind) => byRank(factKinds[kind]).length > 1)
      .map((kind) => diagram(kind, factKinds[kind])),
    '## The status of a payment',
    'The first of these rules that holds:',
    table(
      ['', 'Status', 'When'],
      statusRules.map(({ gives, when }, index) => [
        `${index + 1}`,
        gives === 'open' ? 'the open status' : code(gives),
        when,
      ]),
    ),
    `An open status (${code('requires_action')} and the like) goes back and forth at the provider, so it is no fact: the newest one
seen is shown, and no money follows from it.`,
    '## Totals',
    table(
      ['Total', 'Of the things as far as they have come'],
      [
        [code('captured_minor'), `captures that ${code('succeeded')}`],
        [code('refunded_minor'), `refunds that ${code('succeeded')}`],
        [code('reversed_minor'), 'withdrawals less reinstatements; below 0 while only the second is known'],
        [code('fee_minor'), 'fees less returned fees; below 0 while only the second is known'],
      ],
    ),
    `${code('dispute_status')} is, of all disputes, the first of these: ${disputesByAttention
      .map((status) => (openDisputeStatuses.has(status) ? `**${status}**` : status))
      .join(
        ', ',
      )}. While one of those in bold is shown, nothing can be refunded and the status is not ${code('reversed')}.`,
    '## What is booked',
    `Each booking is a transaction of two entries under a key of its own, so it is booked once; nothing is ever changed. ${code('balance')} is
what the provider of the fact holds for us. A fact with an amount of 0 books nothing.`,
    table(
      ['Booking', 'When', 'Debit', 'Credit'],
      bookings.map(([books, when, debit, credit]) => [code(books), when, code(debit), code(credit)]),
    ),
    flows,
    table(
      ['Account', 'Holds'],
      Object.entries(ledgerAccounts).map(([account, holds]) => [code(account), holds]),
    ),
    '## Payouts',
    `A payout belongs to no payment: it sends what the provider holds for us to our bank. It is known by its provider and id, and its
reports join like those of a fact. One that was only ever seen failed or canceled moved nothing.`,
    diagram('payout', payoutStatuses),
  ].join('\n\n')}\n`;
