export const webpChunk = (type: string, data: Buffer): Buffer => {
  const head = Buffer.from(`${type}\0\0\0\0`, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
};

export const riff = (...chunks: readonly Buffer[]): Buffer => {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
};

/**
 * A lossless image of one colour: five prefix codes of one symbol each, so that a pixel takes no bit (RFC 9649, 6.2.1), whatever
 * the size is.
 */
export const lossless = (width: number, height: number): Buffer => {
  let value = 0n;
  let at = 0n;
  const put = (bits: number, count: number): void => {
    value |= BigInt(bits) << at;
    at += BigInt(count);
  };
  put(width - 1, 14);
  put(height - 1, 14);
  put(0, 4); // no alpha, version 0
  put(0, 3); // no transform, no colour cache, no groups of codes
  for (let code = 0; code < 5; code += 1) put(0b0001, 4); // simple, one symbol, of one bit: 0
  const data = Buffer.alloc(Math.ceil(Number(at) / 8));
  for (let index = 0; index < data.length; index += 1) {
    data[index] = Number((value >> BigInt(index * 8)) & 0xffn);
  }
  return webpChunk('VP8L', Buffer.concat([Buffer.from([0x2f]), data]));
};

/** The extended header: flags, and the canvas less one. */
export const extended = (width: number, height: number, flags = 0): Buffer => {
  const data = Buffer.alloc(10);
  data[0] = flags;
  data.writeUIntLE(width - 1, 4, 3);
  data.writeUIntLE(height - 1, 7, 3);
  return webpChunk('VP8X', data);
};

export const makeWebp = (width = 5, height = 4): Buffer => riff(lossless(width, height));

/** With a position in EXIF and a name in XMP. */
export const makeWebpWithMetadata = (width = 5, height = 4): Buffer =>
  riff(
    extended(width, height, 0x0c),
    lossless(width, height),
    webpChunk('EXIF', Buffer.from('II*\0 48.2082N 16.3738E')),
    webpChunk('XMP ', Buffer.from('<x:xmpmeta>Jane Roe</x:xmpmeta>')),
  );
