import { randomBytes } from 'node:crypto';

/** A seeded source of randomness whose position can be saved, so a restarted double never repeats an id. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** `length` characters of `alphabet` (default: 0-9A-Za-z, as in Stripe ids). */
  text(length: number, alphabet?: string): string;
  /** A new array in a random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
  snapshot(): readonly number[];
  restore(state: readonly number[]): void;
}

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * The sfc32 generator. Equal seeds give equal sequences; without a seed the start is truly random.
 * Its 128-bit state keeps ids of different runs apart. Not for secrets.
 */
export function createRandom(seed?: number): Random {
  let state = seed === undefined ? randomStart() : [seed >>> 0, 0x9e3779b9, 0x243f6a88, 1];

  function next(): number {
    let [a = 0, b = 0, c = 0, d = 0] = state;
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    state = [a, b, c, d];
    return (sum >>> 0) / 2 ** 32;
  }

  // The first outputs of sfc32 still show the seed.
  for (let round = 0; round < 12; round++) next();

  return {
    next,
    text(length, alphabet = base62) {
      let text = '';
      while (text.length < length) text += alphabet[Math.floor(next() * alphabet.length)];
      return text;
    },
    shuffle<T>(items: readonly T[]): T[] {
      const rest = [...items];
      const mixed: T[] = [];
      while (rest.length > 0) mixed.push(...rest.splice(Math.floor(next() * rest.length), 1));
      return mixed;
    },
    snapshot: () => [...state],
    restore(saved) {
      state = [...saved];
    },
  };
}

function randomStart(): number[] {
  const bytes = randomBytes(16);
  return [0, 4, 8, 12].map((offset) => bytes.readUInt32LE(offset));
}
