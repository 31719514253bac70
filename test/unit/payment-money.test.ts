import fc from 'fast-check';
import { exponentOf, fromDecimal, toDecimal } from '#shared/kernel/money';
import { amountToCharge, type Price } from '../../services/payment/domain/price';
import {
  fromPayPalValue,
  fromProviderMinor,
  toPayPalValue,
  toProviderMinor,
} from '../../services/payment/domain/provider-scale';

describe('decimals', () => {
  it('round-trip exactly for every amount and scale', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 14n), fc.integer({ min: 0, max: 3 }), (amount, decimals) => {
        expect(fromDecimal(toDecimal(amount, decimals), decimals)).toBe(amount);
      }),
    );
  });

  it.each(['', '.5', '1.', '-1', '1e3', '0x10', '1,5', '١', ' 1', '1 ', 'NaN', '1.234'])(
    'refuse %j for two decimals',
    (text) => {
      expect(fromDecimal(text, 2)).toBeNull();
    },
  );
});

describe('provider scales', () => {
  // docs.stripe.com/currencies; developer.paypal.com currency codes
  it.each([
    ['stripe', 'USD', 1999n, 1999n],
    ['stripe', 'JPY', 1500n, 1500n],
    ['stripe', 'UGX', 5n, 500n],
    ['stripe', 'ISK', 5n, 500n],
    ['stripe', 'HUF', 1000n, 1000n],
    ['stripe', 'TWD', 1000n, 1000n],
    ['stripe', 'MGA', 1000n, 10n],
    ['stripe', 'BHD', 1000n, null],
    ['paypal', 'USD', 1999n, 1999n],
    ['paypal', 'JPY', 1500n, 1500n],
    ['paypal', 'HUF', 1000n, 10n],
    ['paypal', 'HUF', 1050n, null],
    ['paypal', 'TWD', 1000n, 10n],
    ['paypal', 'ISK', 5n, null],
  ] as const)('%s counts %s %s as %s', (provider, currency, amountMinor, expected) => {
    expect(toProviderMinor(provider, { amountMinor, currency })).toBe(expected);
    if (expected !== null) expect(fromProviderMinor(provider, expected, currency)).toBe(amountMinor);
  });

  it('writes and reads PayPal amounts as it wants them', () => {
    expect(toPayPalValue({ amountMinor: 1999n, currency: 'USD' })).toBe('19.99');
    expect(toPayPalValue({ amountMinor: 1000n, currency: 'HUF' })).toBe('10');
    expect(fromPayPalValue('10', 'HUF')).toBe(1000n);
    expect(fromPayPalValue('10.00', 'HUF')).toBe(1000n);
    expect(fromPayPalValue('10.50', 'HUF')).toBeNull();
    expect(exponentOf('HUF')).toBe(2);
  });
});

describe('the amount to charge', () => {
  const fixed: Price = {
    id: 'pro',
    name: 'Pro',
    description: null,
    currency: 'USD',
    amountMinor: 1999n,
    minAmountMinor: null,
    maxAmountMinor: null,
  };
  const open: Price = {
    ...fixed,
    id: 'donation',
    amountMinor: null,
    minAmountMinor: 100n,
    maxAmountMinor: 1000n,
  };
  const wish = (amountMinor: bigint | null, currency: string | null = null) =>
    ({ provider: 'stripe', amountMinor, currency }) as const;

  it('is the price of the catalogue', () => {
    expect(amountToCharge(fixed, wish(null))).toEqual({ amountMinor: 1999n, currency: 'USD' });
    expect(amountToCharge(fixed, wish(1999n, 'USD'))).toEqual({ amountMinor: 1999n, currency: 'USD' });
    expect(amountToCharge(open, wish(500n))).toEqual({ amountMinor: 500n, currency: 'USD' });
  });

  it.each([
    [fixed, wish(1n)],
    [fixed, wish(null, 'EUR')],
    [open, wish(null)],
    [open, wish(99n)],
    [open, wish(1001n)],
  ])('refuses what the catalogue does not allow', (price, wished) => {
    expect(() => amountToCharge(price, wished)).toThrow(
      expect.objectContaining({ code: 'amount_not_allowed' }),
    );
  });

  it('refuses a currency that the provider cannot take', () => {
    const price = { ...fixed, currency: 'BHD', amountMinor: 1000n };
    expect(() => amountToCharge(price, wish(null))).toThrow(
      expect.objectContaining({ code: 'currency_not_supported' }),
    );
  });
});
