/** Data in one block and the empty one behind it. */
const blocks = (data: Buffer): Buffer => Buffer.concat([Buffer.from([data.length]), data, Buffer.from([0])]);

export const gifComment = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x21, 0xfe]), blocks(Buffer.from(text))]);

export const gifApplication = (name: string, data: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x21, 0xff, 11]), Buffer.from(name), blocks(data)]);

export const gifFrame = (width: number, height: number): Buffer => {
  const head = Buffer.alloc(10);
  head[0] = 0x2c;
  head.writeUInt16LE(width, 5);
  head.writeUInt16LE(height, 7);
  // Codes of three bits: clear, colour 0, end.
  return Buffer.concat([head, Buffer.from([2]), blocks(Buffer.from([0b01_000_100, 0b1]))]);
};

export interface GifOptions {
  readonly width?: number;
  readonly height?: number;
  readonly before?: readonly Buffer[];
  readonly frames?: readonly Buffer[];
}

/** A GIF with a palette of two colours. */
export const makeGif = ({ width = 1, height = 1, before = [], frames }: GifOptions = {}): Buffer => {
  const head = Buffer.alloc(13);
  head.write('GIF89a', 'latin1');
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  head[10] = 0x80;
  return Buffer.concat([
    head,
    Buffer.from([0, 0, 0, 255, 255, 255]),
    ...before,
    ...(frames ?? [gifFrame(width, height)]),
    Buffer.from([0x3b]),
  ]);
};
