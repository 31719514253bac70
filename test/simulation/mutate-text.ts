import type { Random } from './random';

const STRANGE = [
  '',
  ' ',
  '\t',
  ',',
  '=',
  '==',
  '|',
  '-',
  '0',
  '1',
  'a',
  'F',
  'v1=',
  't=',
  'Z',
  '+',
  '/',
  '_',
  '\u0000',
  '٣',
  'é',
  '%41',
] as const;

/** One small change to a text: something put in, taken out, replaced, repeated, moved to the other case, or cut off. */
export const mutateText = (text: string, random: Random): string => {
  const at = random.below(text.length + 1);
  const strange = random.pick(STRANGE);
  switch (random.below(7)) {
    case 0:
      return text.slice(0, at) + strange + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + random.below(3));
    case 2:
      return text.slice(0, at) + strange + text.slice(at + 1);
    case 3:
      return text.slice(0, at) + text.slice(Math.max(0, at - 3), at) + text.slice(at);
    case 4:
      return random.chance(0.5) ? text.toUpperCase() : text.toLowerCase();
    case 5:
      return random.chance(0.5) ? ` ${text}` : `${text} `;
    default:
      return text.slice(0, at);
  }
};

/** One small change to bytes: a bit turned, something put before or behind, an end cut off, nothing left. */
export const mutateBytes = (bytes: Buffer, random: Random): Buffer => {
  const at = random.below(bytes.length);
  switch (random.below(6)) {
    case 0:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    case 1:
      return Buffer.concat([bytes, Buffer.from(random.pick(['\n', '\r\n', ' ', '\u0000']))]);
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return Buffer.from(bytes.toString('utf8'));
    case 4:
      return Buffer.from(bytes.toString('latin1'), 'utf8');
    default:
      return Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ (1 << random.below(8)) : byte)));
  }
};
