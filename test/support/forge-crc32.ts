import { crc32 } from 'node:zlib';

const POSITIONS = 64;

/**
 * The JSON text of an object with one more field, `pad`, chosen so that the text has a given CRC-32. CRC-32 is affine:
 * flipping a letter between `A` and `B` changes the checksum by a constant of its position, and 64 such constants span all
 * 32 bits, so the wanted value is the solution of a linear system. What anybody can do with a captured PayPal signature.
 */
export const forgeCrc32 = (object: Record<string, unknown>, wanted: number): string => {
  const render = (bits: bigint): string =>
    JSON.stringify({
      ...object,
      pad: Array.from({ length: POSITIONS }, (_, i) => ((bits >> BigInt(i)) & 1n ? 'B' : 'A')).join(''),
    });
  const start = crc32(render(0n));
  // Rows of the system, kept reduced: each has a leading bit of its own.
  const rows: { sum: number; flips: bigint }[] = [];
  const reduce = (sum: number, flips: bigint): { sum: number; flips: bigint } => {
    let row = { sum, flips };
    for (const other of rows) {
      if ((row.sum ^ other.sum) >>> 0 < row.sum)
        row = { sum: (row.sum ^ other.sum) >>> 0, flips: row.flips ^ other.flips };
    }
    return row;
  };
  for (let i = 0; i < POSITIONS; i += 1) {
    const row = reduce((crc32(render(1n << BigInt(i))) ^ start) >>> 0, 1n << BigInt(i));
    if (row.sum === 0) continue;
    rows.push(row);
    rows.sort((a, b) => b.sum - a.sum);
  }
  const solution = reduce((start ^ wanted) >>> 0, 0n);
  if (solution.sum !== 0) throw new Error('no solution: more positions needed');
  return render(solution.flips);
};
