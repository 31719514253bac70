import type { Codec } from '../codec';
import { refuse } from '../refusal';
import { checkPixels, type PngHeader, readHeader } from './png-pixels';
import { MAX_PARTS, pixelBudget, type RewrittenImage } from './rewritten-image';

const SIGNATURE_BYTES = 8;

/** Chunks that change what is seen; every other ancillary one is metadata (PNG specification, third edition, 11.3). */
const KEPT = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND'],
  ...['tRNS', 'cHRM', 'gAMA', 'iCCP', 'sBIT', 'sRGB', 'cICP', 'mDCV', 'cLLI', 'bKGD', 'pHYs'],
  ...['acTL', 'fcTL', 'fdAT'],
]);

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  /** With length and CRC. */
  readonly whole: Buffer;
}

/** Checks a PNG or APNG from its first chunk to its last, and drops texts, times, EXIF and whatever is not known. */
export const rewritePng = async (bytes: Buffer, maxPixels: number, codec: Codec): Promise<RewrittenImage> => {
  const chunks = readChunks(bytes, codec);
  const [first] = chunks;
  if (first?.type !== 'IHDR') return refuse('image_broken');
  const header: PngHeader = readHeader(first.data);
  const budget = pixelBudget(maxPixels);
  budget.spendCanvas(header.width, header.height);
  refuseDisorder(chunks.map(({ type }) => type));
  for (const { type, data } of chunks) {
    if (type !== 'fcTL') continue;
    const [width, height] = [data.readUInt32BE(4), data.readUInt32BE(8)];
    const [x, y] = [data.readUInt32BE(12), data.readUInt32BE(16)];
    if (x + width > header.width || y + height > header.height) refuse('image_broken');
    budget.spendFrame(width, height);
  }
  await checkPixels(chunks, header, codec);
  const kept = chunks.filter(({ type }) => KEPT.has(type)).map(({ whole }) => whole);
  return {
    bytes: Buffer.concat([bytes.subarray(0, SIGNATURE_BYTES), ...kept]),
    width: header.width,
    height: header.height,
  };
};

const readChunks = (bytes: Buffer, codec: Codec): readonly Chunk[] => {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE_BYTES; ; ) {
    const length = bytes.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > bytes.length || chunks.length >= MAX_PARTS) refuse('image_broken');
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (!/^[A-Za-z]{4}$/.test(type)) refuse('image_broken');
    if (codec.crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) refuse('image_broken');
    // A capital first letter says that no image can be made without knowing the chunk.
    if (/^[A-Z]/.test(type) && !KEPT.has(type)) refuse('image_broken');
    chunks.push({ type, data: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) });
    at = end;
    if (type !== 'IEND') continue;
    if (length > 0 || at < bytes.length) refuse('polyglot');
    return chunks;
  }
};

/** One header, one palette at most, and pixels in one row: two of them are two images to two programs. */
const refuseDisorder = (types: readonly string[]): void => {
  const count = (wanted: string): number => types.filter((type) => type === wanted).length;
  const [first, last] = [types.indexOf('IDAT'), types.lastIndexOf('IDAT')];
  const isOneRow = first >= 0 && types.slice(first, last + 1).every((type) => type === 'IDAT');
  if (count('IHDR') !== 1 || count('PLTE') > 1 || !isOneRow) refuse('image_broken');
};
