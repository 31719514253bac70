import fc from 'fast-check';
import { addressPrefix } from '#shared/http/address-prefix';

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::FFFF:cb00:7107', '203.0.113.7'],
  ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0000:0000:ffff:ffff:ffff:ffff', '2001:db8:0:0::/64'],
  ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['', 'unknown'],
  ['localhost', 'unknown'],
  ['203.0.113.7, 198.51.100.1', 'unknown'],
  ['203.0.113.7:443', 'unknown'],
])('%s counts as %s', (address, prefix) => {
  expect(addressPrefix(address)).toBe(prefix);
});

test('of an IPv6 address the first 64 bits decide, however it is written', () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  const groups = fc.array(group, { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(groups, fc.array(group, { minLength: 4, maxLength: 4 }), (address, host) => {
      fc.pre(address.slice(0, 5).some((part) => part !== 0));
      const hex = (parts: readonly number[]) => parts.map((part) => part.toString(16)).join(':');
      const padded = address.map((part) => part.toString(16).padStart(4, '0').toUpperCase()).join(':');
      const prefix = `${hex(address.slice(0, 4))}::/64`;
      expect(addressPrefix(hex(address))).toBe(prefix);
      expect(addressPrefix(padded)).toBe(prefix);
      fc.pre(address.slice(0, 4).some((part) => part !== 0));
      expect(addressPrefix(hex([...address.slice(0, 4), ...host]))).toBe(prefix);
    }),
  );
});
