import { refuse } from '../refusal';
import { MAX_PARTS, type PixelBudget, pixelBudget, type RewrittenImage } from './rewritten-image';

const RIFF_BYTES = 12;

/** What is seen. EXIF, XMP and whatever is not known go (RFC 9649). */
const KEPT = ['VP8X', 'VP8 ', 'VP8L', 'ALPH', 'ANIM', 'ANMF', 'ICCP'];
const IN_FRAME = ['VP8 ', 'VP8L', 'ALPH'];

/** Flags of the extended header for the chunks that went: EXIF and XMP. */
const METADATA_FLAGS = 0x0c;

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Walks a WebP from chunk to chunk and drops its metadata. */
export const rewriteWebp = (bytes: Buffer, maxPixels: number): RewrittenImage => {
  const length = bytes.readUInt32LE(4) + 8;
  if (length > bytes.length) refuse('image_broken');
  if (length < bytes.length) refuse('polyglot');
  const chunks = readChunks(bytes.subarray(RIFF_BYTES));
  const size = sizeOf(chunks[0]);
  const budget = pixelBudget(maxPixels);
  budget.spendCanvas(size.width, size.height);
  refuseForeignImages(chunks, size, budget);
  const kept = chunks.filter(({ type }) => KEPT.includes(type)).map((chunk) => rewriteChunk(chunk, budget));
  const body = Buffer.concat([Buffer.from('WEBP'), ...kept]);
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return { bytes: Buffer.concat([head, body]), ...size };
};

const readChunks = (bytes: Buffer): readonly Chunk[] => {
  const chunks: Chunk[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    const end = at + 8 + length;
    if (end > bytes.length || chunks.length >= MAX_PARTS) refuse('image_broken');
    chunks.push({ type: bytes.toString('latin1', at, at + 4), data: bytes.subarray(at + 8, end) });
    at = end + (length % 2); // chunks begin at even places
  }
  return chunks;
};

const sizeOf = (chunk: Chunk | undefined): Size => {
  const { type, data } = chunk ?? refuse('image_broken');
  if (type === 'VP8X') return { width: data.readUIntLE(4, 3) + 1, height: data.readUIntLE(7, 3) + 1 };
  return imageSize(type, data);
};

const imageSize = (type: string, data: Buffer): Size => {
  if (type === 'VP8L' && data[0] === 0x2f) {
    const bits = data.readUInt32LE(1);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  // A key frame: its lowest bit is not set, and three fixed bytes follow its tag (RFC 6386, 9.1).
  if (type === 'VP8 ' && (data.readUInt8(0) & 1) === 0 && data.readUIntBE(3, 3) === 0x9d012a) {
    return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
  }
  return refuse('image_broken');
};

const isImage = ({ type }: Chunk): boolean => type === 'VP8 ' || type === 'VP8L';

/** There must be an image, and it must be as large as the canvas says: what is decoded is the image. */
const refuseForeignImages = (chunks: readonly Chunk[], canvas: Size, budget: PixelBudget): void => {
  const images = chunks.filter(isImage);
  const frames = chunks.filter(({ type }) => type === 'ANMF');
  if (images.length > 1 || (images.length === 0) === (frames.length === 0)) refuse('image_broken');
  for (const { type, data } of images) {
    const { width, height } = imageSize(type, data);
    if (width !== canvas.width || height !== canvas.height) refuse('image_broken');
    budget.spendFrame(width, height);
  }
};

const FRAME_HEAD_BYTES = 16;

const rewriteChunk = ({ type, data }: Chunk, budget: PixelBudget): Buffer => {
  if (type === 'ANMF') {
    const inside = readChunks(data.subarray(FRAME_HEAD_BYTES)).filter((chunk) =>
      IN_FRAME.includes(chunk.type),
    );
    const image = inside.find(isImage) ?? refuse('image_broken');
    const { width, height } = imageSize(image.type, image.data);
    budget.spendFrame(width, height);
    const written = inside.map((chunk) => writeChunk(chunk));
    return writeChunk({ type, data: Buffer.concat([data.subarray(0, FRAME_HEAD_BYTES), ...written]) });
  }
  if (type !== 'VP8X') return writeChunk({ type, data });
  const flags = Buffer.from(data);
  flags.writeUInt8(flags.readUInt8(0) & ~METADATA_FLAGS, 0);
  return writeChunk({ type, data: flags });
};

const writeChunk = ({ type, data }: Chunk): Buffer => {
  const head = Buffer.from(`${type}\0\0\0\0`, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
};
