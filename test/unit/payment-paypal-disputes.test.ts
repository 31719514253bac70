import { rankOf } from '../../services/payment/domain/fact-kinds';
import {
  observePayPalDispute,
  paypalDispute,
  statusOfDispute,
} from '../../services/payment/providers/paypal-disputes';

const SEEN_AT = '2026-11-22T12:00:00.000Z';
const context = { order: 'ORDER1', capture: 'CAPTURE1', currency: 'USD' };

const dispute = (more: object = {}) =>
  paypalDispute.parse({
    dispute_id: 'PP-R-1',
    status: 'OPEN',
    dispute_life_cycle_stage: 'CHARGEBACK',
    disputed_transactions: [{ seller_transaction_id: 'CAPTURE1' }],
    ...more,
  });

const factsIn = (more: object): string[] =>
  observePayPalDispute(dispute(more), context, SEEN_AT).facts.map(
    (f) => `${f.kind} ${f.objectId} ${f.status} ${f.amountMinor} ${f.currency} ${f.parentId}`,
  );

/** Statuses of Customer Disputes v1 in an inquiry and in every later stage; `OTHER_WORD` stands for one to come. */
const undecided = [
  ['OPEN', 'warning_needs_response', 'needs_response'],
  ['WAITING_FOR_SELLER_RESPONSE', 'warning_needs_response', 'needs_response'],
  ['WAITING_FOR_BUYER_RESPONSE', 'warning_under_review', 'under_review'],
  ['UNDER_REVIEW', 'warning_under_review', 'under_review'],
  ['OTHER', 'warning_under_review', 'under_review'],
  ['OTHER_WORD', 'warning_under_review', 'under_review'],
] as const;
const decided = [
  ['RESOLVED_BUYER_FAVOUR', 'lost', 'lost'],
  ['ACCEPTED', 'lost', 'lost'],
  ['RESOLVED_SELLER_FAVOUR', 'warning_closed', 'won'],
  ['CANCELED_BY_BUYER', 'warning_closed', 'won'],
  ['RESOLVED_WITH_PAYOUT', 'warning_closed', 'won'],
  ['DENIED', 'warning_closed', 'won'],
  ['NONE', 'warning_under_review', 'under_review'],
  ['OTHER_WORD', 'warning_under_review', 'under_review'],
  [undefined, 'warning_under_review', 'under_review'],
] as const;
const laterStages = ['CHARGEBACK', 'PRE_ARBITRATION', 'ARBITRATION', 'OTHER_WORD', undefined];

describe('the status of a PayPal dispute', () => {
  it.each(undecided)('%s', (status, inquiry, claim) => {
    expect(statusOfDispute(dispute({ status, dispute_life_cycle_stage: 'INQUIRY' }))).toBe(inquiry);
    for (const dispute_life_cycle_stage of laterStages) {
      // An outcome counts only once the dispute is resolved.
      const dispute_outcome = { outcome_code: 'RESOLVED_BUYER_FAVOUR' };
      expect(statusOfDispute(dispute({ status, dispute_life_cycle_stage, dispute_outcome }))).toBe(claim);
    }
  });

  it.each(decided)('RESOLVED, %s', (outcome_code, inquiry, claim) => {
    const resolved = { status: 'RESOLVED', dispute_outcome: { outcome_code } };
    expect(statusOfDispute(dispute({ ...resolved, dispute_life_cycle_stage: 'INQUIRY' }))).toBe(inquiry);
    for (const dispute_life_cycle_stage of laterStages)
      expect(statusOfDispute(dispute({ ...resolved, dispute_life_cycle_stage }))).toBe(claim);
  });

  it('is one that the domain knows', () => {
    for (const status of [...undecided, ...decided].flatMap(([, ...words]) => words))
      expect(() => rankOf({ kind: 'dispute', status })).not.toThrow();
  });
});

const movement = (type: string, reason: string, value: string, more: object = {}) => ({
  affected_party: 'SELLER',
  type,
  reason,
  amount: { currency_code: 'USD', value },
  initiated_time: '2026-11-20T10:00:00.000Z',
  ...more,
});
const resolved = (outcome_code: string, money_movements: object[]) => ({
  status: 'RESOLVED',
  dispute_outcome: { outcome_code },
  money_movements,
});

describe('the money of a PayPal dispute', () => {
  it('is named by the capture, in the payment’s currency', () => {
    expect(observePayPalDispute(dispute(), context, SEEN_AT)).toEqual({
      provider: 'paypal',
      providerRef: 'ORDER1',
      paymentId: null,
      asked: null,
      facts: [
        {
          kind: 'dispute',
          objectId: 'PP-R-1',
          status: 'needs_response',
          amountMinor: 0n,
          currency: 'USD',
          parentId: 'CAPTURE1',
          asOf: SEEN_AT,
        },
      ],
      open: null,
    });
  });

  it('stands as of when PayPal last changed the dispute, where it says so', () => {
    const asOf = (update_time: string) =>
      observePayPalDispute(dispute({ update_time }), context, SEEN_AT).facts[0]?.asOf;
    expect(asOf('2026-11-20T12:00:00+02:00')).toBe('2026-11-20T10:00:00.000Z');
    expect(asOf('yesterday')).toBe(SEEN_AT);
  });

  it('that was taken is not read here: the order tells', () => {
    const taken = movement('DEBIT', 'DISPUTE_SETTLEMENT', '19.99');
    expect(factsIn({ money_movements: [taken] })).toHaveLength(1);
    expect(factsIn(resolved('RESOLVED_BUYER_FAVOUR', [taken]))).toHaveLength(1);
  });

  it('that was taken and given back is both, once it is decided', () => {
    const both = [
      movement('DEBIT', 'DISPUTE_SETTLEMENT', '19.99'),
      movement('CREDIT', 'DISPUTE_SETTLEMENT', '19.99', { initiated_time: '2026-12-20T10:00:00.000Z' }),
    ];
    expect(factsIn(resolved('RESOLVED_SELLER_FAVOUR', both))).toEqual([
      'dispute PP-R-1 won 0 USD CAPTURE1',
      'withdrawal CAPTURE1 withdrawn 1999 USD CAPTURE1',
      'reinstatement PP-R-1 reinstated 1999 USD CAPTURE1',
    ]);
    expect(factsIn({ money_movements: both })).toHaveLength(1);
  });

  it('counts fees by reason and order of time, and what is returned of them', () => {
    const first = movement('DEBIT', 'CHARGEBACK_FEE', '20.00');
    const second = movement('DEBIT', 'CHARGEBACK_FEE', '5.00', {
      initiated_time: '2026-11-21T10:00:00.000Z',
    });
    const more = [
      movement('DEBIT', 'DISPUTE_SETTLEMENT_FEE', '1.40'),
      movement('CREDIT', 'CHARGEBACK_FEE', '20.00'),
    ];
    const expected = [
      'dispute PP-R-1 needs_response 0 USD CAPTURE1',
      'fee PP-R-1:CHARGEBACK_FEE:DEBIT:1 charged 2000 USD CAPTURE1',
      'fee PP-R-1:CHARGEBACK_FEE:DEBIT:2 charged 500 USD CAPTURE1',
      'fee PP-R-1:DISPUTE_SETTLEMENT_FEE:DEBIT:1 charged 140 USD CAPTURE1',
      'fee_return PP-R-1:CHARGEBACK_FEE:CREDIT:1 returned 2000 USD CAPTURE1',
    ];
    expect(factsIn({ money_movements: [first, second, ...more] }).sort()).toEqual(expected);
    expect(factsIn({ money_movements: [...more, second, first] }).sort()).toEqual(expected);
  });

  it('leaves out the buyer’s side, other currencies, other reasons and nothing', () => {
    const none = [
      movement('CREDIT', 'DISPUTE_FEE', '1.00', { affected_party: 'BUYER' }),
      movement('DEBIT', 'DISPUTE_FEE', '1.00', { amount: { currency_code: 'EUR', value: '1.00' } }),
      movement('DEBIT', 'SOMETHING_NEW', '1.00'),
      movement('DEBIT', 'DISPUTE_FEE', '0.00'),
      { affected_party: 'SELLER', type: 'DEBIT', reason: 'DISPUTE_FEE' },
    ];
    expect(factsIn({ money_movements: none })).toHaveLength(1);
  });

  it('keeps nothing of what people wrote', () => {
    const canary = 'canary-7f3a';
    const parsed = paypalDispute.parse({
      dispute_id: 'PP-R-1',
      status: 'OPEN',
      messages: [{ content: canary }],
      evidences: [{ notes: canary }],
      disputed_transactions: [{ seller_transaction_id: 'C1', buyer: { name: canary }, custom: canary }],
    });
    expect(JSON.stringify(parsed)).not.toContain(canary);
  });
});
