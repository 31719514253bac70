import type { Codec } from '../codec';
import { refuse } from '../refusal';

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly isInterlaced: boolean;
}

/** Colour type → samples for each pixel and the bit depths it comes in (PNG specification, table 11.1). */
const COLOURS: Readonly<Record<number, { readonly samples: number; readonly depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

export const readHeader = (data: Buffer): PngHeader => {
  if (data.length !== 13) refuse('image_broken');
  const [depth = 0, colour = 0, compression, filter, interlace = 0] = data.subarray(8);
  const kind = COLOURS[colour];
  if (kind === undefined || !kind.depths.includes(depth)) return refuse('image_broken');
  if (compression !== 0 || filter !== 0 || interlace > 1) refuse('image_broken');
  return {
    width: data.readUInt32BE(0),
    height: data.readUInt32BE(4),
    bitsPerPixel: depth * kind.samples,
    isInterlaced: interlace === 1,
  };
};

/** First column and row, and the steps, of the seven passes of Adam7. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

type Size = Pick<PngHeader, 'width' | 'height'>;

/** How many bytes the pixels inflate to, each row with its filter type. */
const rawBytes = ({ bitsPerPixel, isInterlaced }: PngHeader, { width, height }: Size): number => {
  const plain = (columns: number, rows: number): number =>
    columns === 0 ? 0 : rows * (1 + Math.ceil((columns * bitsPerPixel) / 8));
  if (!isInterlaced) return plain(width, height);
  return PASSES.reduce((sum, [x, y, stepX, stepY]) => {
    const columns = Math.max(0, Math.ceil((width - x) / stepX));
    return sum + plain(columns, Math.max(0, Math.ceil((height - y) / stepY)));
  }, 0);
};

interface PixelChunk {
  readonly type: string;
  readonly data: Buffer;
}

/** Inflates the pixels of the image and of every frame: they must be exactly as many as the header says, no more and no less. */
export const checkPixels = async (
  chunks: readonly PixelChunk[],
  header: PngHeader,
  codec: Codec,
): Promise<void> => {
  const idat = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
  await checkOne(idat, rawBytes(header, header), codec);
  let size: Size = header;
  let frame: Buffer[] = [];
  const checkFrame = async (): Promise<void> => {
    if (frame.length > 0) await checkOne(frame, rawBytes(header, size), codec);
    frame = [];
  };
  for (const { type, data } of chunks) {
    // Behind a sequence number.
    if (type === 'fdAT') frame.push(data.subarray(4));
    if (type !== 'fcTL') continue;
    await checkFrame();
    size = { width: data.readUInt32BE(4), height: data.readUInt32BE(8) };
  }
  await checkFrame();
};

const checkOne = async (parts: readonly Buffer[], wanted: number, codec: Codec): Promise<void> => {
  const { end, size } = await codec.inflate(Buffer.concat(parts), { format: 'zlib', limit: wanted });
  if (end !== 'whole' || size !== wanted) refuse('image_broken');
};
