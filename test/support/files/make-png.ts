import { crc32, deflateSync } from 'node:zlib';

export const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** A chunk with its length and CRC. */
export const pngChunk = (type: string, data: Buffer = Buffer.alloc(0)): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
};

export interface PngOptions {
  readonly width?: number;
  readonly height?: number;
  /** What stands between the header and the pixels. */
  readonly before?: readonly Buffer[];
  /** What stands between the pixels and the end. */
  readonly after?: readonly Buffer[];
  /** Instead of the deflated rows. */
  readonly pixels?: Buffer;
  readonly interlace?: 0 | 1;
}

/** The header chunk: eight bits each of red, green and blue. */
export const pngHeader = (width: number, height: number, interlace = 0): Buffer => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, interlace], 8);
  return pngChunk('IHDR', header);
};

/** Rows without a filter, of one colour. */
export const pngRows = (width: number, height: number): Buffer =>
  Buffer.concat(Array.from({ length: height }, () => Buffer.from([0, ...Array(width * 3).fill(0x40)])));

/** A PNG that every viewer shows. */
export const makePng = (options: PngOptions = {}): Buffer => {
  const { width = 4, height = 3, before = [], after = [], interlace = 0 } = options;
  const pixels = options.pixels ?? deflateSync(pngRows(width, height));
  return Buffer.concat([
    PNG_SIGNATURE,
    pngHeader(width, height, interlace),
    ...before,
    pngChunk('IDAT', pixels),
    ...after,
    pngChunk('IEND'),
  ]);
};
