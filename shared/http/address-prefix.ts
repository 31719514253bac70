import { isIP } from 'node:net';

/**
 * What counts as one source: an IPv4 address as it is, of an IPv6 address the first 64 bits, because whoever has one has the
 * whole of that network. IPv4 written as IPv6 is IPv4. Anything else is one source, together.
 */
export const addressPrefix = (address: string): string => {
  if (isIP(address) === 4) return address;
  if (isIP(address) !== 6) return 'unknown';
  // The URL standard has one spelling for each address: lower case, shortest, IPv4 parts as two hexadecimal groups.
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const groups = expand(canonical);
  const [a, b, c, d, e, f, g = 0, h = 0] = groups;
  if ([a, b, c, d, e].every((group) => group === 0) && f === 0xffff) {
    return [g >> 8, g & 255, h >> 8, h & 255].join('.');
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
};

const expand = (canonical: string): number[] => {
  const [head = '', tail] = canonical.split('::');
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  if (tail === undefined) return read(head);
  const [before, after] = [read(head), read(tail)];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
};
