import { isAppError } from '#shared/errors/app-error';
import { decodeEventCursor, encodeEventCursor } from '../../services/payment/domain/event-cursor';
import { explainReview } from '../../services/payment/domain/explain-review';
import type { Fact } from '../../services/payment/domain/fact-kinds';
import type { PaymentState } from '../../services/payment/domain/fold-observation';
import type { Observation } from '../../services/payment/domain/observation';

const capture: Fact = {
  kind: 'capture',
  objectId: 'ch_1',
  status: 'succeeded',
  amountMinor: 1999n,
  currency: 'USD',
  parentId: null,
};

const refund: Fact = { ...capture, kind: 'refund', objectId: 're_1', amountMinor: 1500n, parentId: 'ch_1' };

const state: PaymentState = {
  id: '0b3f3f8e-8a7b-4d26-9a53-0a6c3c8a2d11',
  provider: 'stripe',
  providerRef: 'pi_1',
  amountMinor: 1999n,
  currency: 'USD',
  facts: [capture, refund],
  open: null,
  reviewReason: null,
};

const report: Observation = {
  provider: 'stripe',
  providerRef: 'pi_1',
  paymentId: state.id,
  asked: { amountMinor: 1999n, currency: 'USD' },
  facts: [capture],
  open: null,
};

describe('a report under review is told with both values', () => {
  it.each<[string, Partial<Observation>, readonly [string, string, string][]]>([
    ['nothing', {}, []],
    ['nothing, where it names less', { paymentId: null, providerRef: null, asked: null, facts: [] }, []],
    ['another payment of ours', { paymentId: 'x' }, [['payment_id', state.id, 'x']]],
    ['another intent', { providerRef: 'pi_2' }, [['provider_ref', 'pi_1', 'pi_2']]],
    ['another sum', { asked: { amountMinor: 5n, currency: 'USD' } }, [['amount', '1999 USD', '5 USD']]],
    [
      'another currency',
      { asked: { amountMinor: 1999n, currency: 'EUR' } },
      [['amount', '1999 USD', '1999 EUR']],
    ],
    [
      'another worth of a known fact',
      { facts: [{ ...capture, amountMinor: 1n }] },
      [['capture:ch_1:succeeded:amount', '1999 USD', '1 USD']],
    ],
    [
      'another capture of a known refund',
      { facts: [{ ...refund, parentId: 'ch_2' }] },
      [['refund:re_1:succeeded:parent', 'ch_1', 'ch_2']],
    ],
    [
      'a fact of another currency',
      { facts: [{ ...refund, objectId: 're_2', amountMinor: 1n, currency: 'EUR' }] },
      [['refund:re_2:succeeded:amount', '1 USD', '1 EUR']],
    ],
    [
      'more captured than asked for',
      { facts: [{ ...capture, objectId: 'ch_2', amountMinor: 1n }] },
      [['captured', '1999 USD', '2000 USD']],
    ],
    [
      'more refunded than captured',
      { facts: [{ ...refund, objectId: 're_2' }] },
      [['refunded', '1999 USD', '3000 USD']],
    ],
  ])('%s', (_, more, mismatches) => {
    expect(explainReview(state, { ...report, ...more })).toEqual(
      mismatches.map(([field, ours, reported]) => ({ field, ours, reported })),
    );
  });
});

describe('a cursor of events', () => {
  const cursor = {
    receivedAt: '2026-11-22T12:00:00.123456Z',
    provider: 'paypal',
    eventId: 'WH-1.2',
  } as const;

  it('comes back as it was, in letters that an address may have', () => {
    expect(decodeEventCursor(encodeEventCursor(cursor))).toEqual(cursor);
    expect(encodeEventCursor({ ...cursor, eventId: 'x'.repeat(255) })).toMatch(/^[\w-]{1,500}$/);
  });

  it.each([
    '',
    '-',
    Buffer.from('2026 paypal x').toString('base64url'),
    encodeEventCursor({ ...cursor, eventId: 'a b' }),
  ])('is refused as %j', (text) => {
    try {
      decodeEventCursor(text);
      throw new Error('was taken');
    } catch (error) {
      expect(isAppError(error, 'request_invalid')).toBe(true);
    }
  });
});
