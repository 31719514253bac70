import type { Codec } from '../codec';
import { refuse } from '../refusal';
import { readDirectory, type ZipEntry } from './read-directory';

/** Of an archive and all archives in it. */
const MAX_ENTRIES = 2_000;
const MAX_UNPACKED_BYTES = 200 * 1024 * 1024;

/** Archives within archives: an office document in an archive is one deep. */
const MAX_DEPTH = 2;

/** One that is inside another has to be held in memory to be looked into. */
const MAX_NESTED_BYTES = 20 * 1024 * 1024;

/** Text compresses to a hundredth at best; what unpacks to less than the second number is harmless whatever its ratio. */
const MAX_RATIO = 100;
const HARMLESS_BYTES = 10 * 1024 * 1024;

interface Budget {
  entries: number;
  bytes: number;
}

/** Unpacks an archive, keeping nothing: what comes out must be what the directory says, and within reason. */
export const checkZip = (bytes: Buffer, codec: Codec): Promise<void> =>
  checkArchive(bytes, codec, { entries: MAX_ENTRIES, bytes: MAX_UNPACKED_BYTES }, 1);

const checkArchive = async (bytes: Buffer, codec: Codec, budget: Budget, depth: number): Promise<void> => {
  const entries = readDirectory(bytes, budget.entries);
  budget.entries -= entries.length;
  refuseBloat(bytes.length, entries);
  for (const entry of entries) await checkEntry(bytes, entry, codec, budget, depth);
};

/** By what the directory says; that it tells the truth is seen when it is unpacked. */
const refuseBloat = (packed: number, entries: readonly ZipEntry[]): void => {
  const unpacked = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  if (unpacked > MAX_UNPACKED_BYTES) refuse('zip_bomb');
  if (unpacked > HARMLESS_BYTES && unpacked > packed * MAX_RATIO) refuse('zip_bomb');
};

const checkEntry = async (
  bytes: Buffer,
  entry: ZipEntry,
  codec: Codec,
  budget: Budget,
  depth: number,
): Promise<void> => {
  const data = bytes.subarray(entry.start, entry.end);
  const limit = Math.min(entry.bytes, budget.bytes);
  const kept: Buffer[] = [];
  let isArchive = false;
  const look = (chunk: Buffer): void => {
    if (kept.length === 0 && !isArchive) isArchive = chunk.toString('latin1', 0, 4) === 'PK\x03\x04';
    if (isArchive && entry.bytes <= MAX_NESTED_BYTES) kept.push(chunk);
  };
  if (entry.method === 0) {
    if (entry.packedBytes !== entry.bytes || entry.bytes > budget.bytes) refuse('zip_bomb');
    if (codec.crc32(data) !== entry.crc32) refuse('zip_broken');
    look(data);
  } else {
    const inflated = await codec.inflate(data, { format: 'raw', limit, onChunk: look });
    if (inflated.end === 'broken') refuse('zip_broken');
    if (inflated.end === 'over' || inflated.size !== entry.bytes) refuse('zip_bomb');
    if (inflated.crc32 !== entry.crc32) refuse('zip_broken');
  }
  budget.bytes -= entry.bytes;
  if (!isArchive) return;
  if (depth >= MAX_DEPTH || entry.bytes > MAX_NESTED_BYTES) refuse('zip_bomb');
  await checkArchive(Buffer.concat(kept), codec, budget, depth + 1);
};
