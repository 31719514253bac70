import { movementsOfTransaction, paypalTransaction } from '../../services/payment/providers/paypal-movements';
import { movementsOfLine, stripeBalanceTransaction } from '../../services/payment/providers/stripe-movements';

const PAYMENT = '6f1f7a3e-5b0c-4b52-9d3d-2f3c1f0c9a11';

describe("a line of Stripe's statement", () => {
  const charge = {
    id: 'ch_1',
    object: 'charge',
    currency: 'usd',
    amount: 1999,
    amount_captured: 1999,
    status: 'succeeded',
    payment_intent: 'pi_1',
    metadata: { payment_id: PAYMENT },
  };
  const line = (more: object) =>
    movementsOfLine(
      stripeBalanceTransaction.parse({
        id: 'txn_1',
        amount: 1999,
        fee: 88,
        currency: 'usd',
        created: 1_767_268_800,
        reporting_category: 'charge',
        source: charge,
        ...more,
      }),
    );

  it('of a charge is a capture and a fee', () => {
    expect(line({})).toEqual([
      {
        provider: 'stripe',
        books: 'capture',
        objectId: 'ch_1',
        orKey: null,
        lineId: 'txn_1',
        amountMinor: 1999n,
        currency: 'USD',
        settledCurrency: 'USD',
        isPending: false,
        providerRef: 'pi_1',
        paymentId: PAYMENT,
        parentId: null,
        at: '2026-01-01T12:00:00.000Z',
      },
      expect.objectContaining({ books: 'fee', objectId: 'txn_1', amountMinor: 88n, parentId: 'ch_1' }),
    ]);
  });

  it('settled in another currency is worth what was paid, and its fee is not ours to compare', () => {
    const [only, ...others] = line({ currency: 'eur', amount: 1800, fee: 70 });
    expect(only).toMatchObject({ amountMinor: 1999n, currency: 'USD', settledCurrency: 'EUR' });
    expect(others).toEqual([]);
  });

  it.each([
    ['charge', 1999, 88],
    ['charge_failure', -1999, -88],
  ])('of a bank debit that failed (%s) is nothing that we should have booked', (category, amount, fee) => {
    const source = { ...charge, status: 'failed', amount_captured: 0 };
    expect(line({ source, reporting_category: category, amount, fee })).toEqual([]);
  });

  it('of a bank debit that is on its way is pending', () => {
    expect(line({ source: { ...charge, status: 'pending' } })[0]).toMatchObject({ isPending: true });
  });

  it('in a zero-decimal currency is worth its units', () => {
    const source = { ...charge, currency: 'jpy', amount_captured: 1500 };
    expect(line({ currency: 'jpy', amount: 1500, fee: 0, source })[0]).toMatchObject({
      amountMinor: 1500n,
      currency: 'JPY',
    });
  });

  const refund = {
    id: 're_1',
    object: 'refund',
    currency: 'usd',
    amount: 500,
    charge: 'ch_1',
    payment_intent: 'pi_1',
  };

  it.each([
    ['refund', -500, { ...refund, status: 'succeeded' }, 'refund', 're_1', false],
    ['refund', -500, { ...refund, status: 'pending' }, 'refund', 're_1', true],
    ['refund_failure', 500, { ...refund, status: 'failed' }, 'refund_reversal', 're_1', false],
    ['dispute', -1999, { id: 'dp_1', object: 'dispute', charge: 'ch_1' }, 'withdrawal', 'txn_1', false],
    [
      'dispute_reversal',
      1999,
      { id: 'dp_1', object: 'dispute', charge: 'ch_1' },
      'reinstatement',
      'txn_1',
      false,
    ],
    ['payout', -900, { id: 'po_1', object: 'payout', status: 'paid' }, 'payout', 'po_1', false],
    ['payout', -900, { id: 'po_1', object: 'payout', status: 'in_transit' }, 'payout', 'po_1', true],
    [
      'payout_reversal',
      900,
      { id: 'po_1', object: 'payout', status: 'failed' },
      'payout_return',
      'po_1',
      false,
    ],
  ])('%s of %i is booked by its kind', (category, amount, source, books, objectId, isPending) => {
    const [movement] = line({ reporting_category: category, amount, fee: 0, source });
    const amountMinor = BigInt(Math.abs(amount));
    expect(movement).toMatchObject({ books, objectId, amountMinor, isPending });
  });

  it.each([
    ['fee', -100],
    ['transfer', -100],
    ['payout', 900],
    ['something_new', 5],
  ])('%s of %i is nothing that we book', (category, amount) => {
    expect(line({ reporting_category: category, amount })).toEqual([]);
  });

  it('without a source is nothing that we book', () => {
    expect(line({ source: null })).toEqual([]);
  });

  it("whose source carries somebody else's id is not taken for ours", () => {
    expect(line({ source: { ...charge, metadata: { payment_id: 'order-7' } } })[0]?.paymentId).toBeNull();
  });
});

describe("a line of PayPal's statement", () => {
  const usd = (value: string) => ({ currency_code: 'USD', value });
  const line = (more: object) =>
    movementsOfTransaction(
      paypalTransaction.parse({
        transaction_id: 'CAPTURE1',
        paypal_reference_id: 'ORDER1',
        paypal_reference_id_type: 'ODR',
        transaction_event_code: 'T0006',
        transaction_initiation_date: '2026-01-01T12:00:00+0000',
        transaction_amount: usd('19.99'),
        fee_amount: usd('-1.19'),
        transaction_status: 'S',
        custom_field: PAYMENT,
        ...more,
      }),
    );
  const ofCapture = {
    paypal_reference_id: 'CAPTURE1',
    paypal_reference_id_type: 'TXN',
    fee_amount: undefined,
  };

  it('of a sale is a capture and a fee', () => {
    expect(line({})).toEqual([
      expect.objectContaining({
        books: 'capture',
        objectId: 'CAPTURE1',
        amountMinor: 1999n,
        currency: 'USD',
        providerRef: 'ORDER1',
        paymentId: PAYMENT,
        parentId: null,
        isPending: false,
        at: '2026-01-01T12:00:00.000Z',
      }),
      expect.objectContaining({
        books: 'fee',
        objectId: 'CAPTURE1',
        amountMinor: 119n,
        parentId: 'CAPTURE1',
      }),
    ]);
  });

  it('of a refund is a refund, and the part of the fee that came back', () => {
    const refund = { ...ofCapture, transaction_id: 'REFUND1', transaction_event_code: 'T1107' };
    expect(line({ ...refund, transaction_amount: usd('-5.00'), fee_amount: usd('0.10') })).toEqual([
      expect.objectContaining({
        books: 'refund',
        objectId: 'REFUND1',
        amountMinor: 500n,
        parentId: 'CAPTURE1',
      }),
      expect.objectContaining({ books: 'fee_return', objectId: 'REFUND1', amountMinor: 10n }),
    ]);
  });

  it.each(['T1106', 'T1201'])('%s, what was taken, is a refund or a withdrawal from the capture', (code) => {
    const taken = { ...ofCapture, transaction_id: 'TAKEN1', transaction_event_code: code };
    expect(line({ ...taken, transaction_amount: usd('-19.99') })).toMatchObject([
      { books: 'refund', objectId: 'TAKEN1', orKey: 'paypal:withdrawal:CAPTURE1:withdrawn' },
    ]);
    expect(line({ ...taken, transaction_amount: usd('19.99') })).toMatchObject([
      { books: 'reinstatement', objectId: 'TAKEN1', orKey: null },
    ]);
  });

  it('T1100 is a refund that came back, under the refund', () => {
    const back = { ...ofCapture, paypal_reference_id: 'REFUND1', transaction_event_code: 'T1100' };
    expect(line({ ...back, transaction_id: 'X', transaction_amount: usd('5.00') })).toMatchObject([
      { books: 'refund_reversal', objectId: 'REFUND1', amountMinor: 500n },
    ]);
  });

  it('T0106 is the fee for a chargeback', () => {
    const fee = { ...ofCapture, transaction_id: 'F', transaction_event_code: 'T0106' };
    expect(line({ ...fee, transaction_amount: usd('-20.00') })).toMatchObject([
      { books: 'fee', objectId: 'F', amountMinor: 2000n, parentId: 'CAPTURE1' },
    ]);
  });

  it('pending is not final, denied is nothing', () => {
    expect(line({ transaction_status: 'P' })[0]).toMatchObject({ isPending: true });
    expect(line({ transaction_status: 'D' })).toEqual([]);
  });

  it.each(['T0400', 'T0403', 'T1300', 'T0200'])('%s is nothing that we book', (code) => {
    expect(line({ transaction_event_code: code })).toEqual([]);
  });

  it('in forint has no decimals there and two here', () => {
    const amount = { currency_code: 'HUF', value: '1000' };
    expect(line({ transaction_amount: amount, fee_amount: undefined })[0]).toMatchObject({
      amountMinor: 100000n,
      currency: 'HUF',
    });
  });
});
