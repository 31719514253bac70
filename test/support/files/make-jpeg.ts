/** A segment with its marker and length. */
export const jpegSegment = (marker: number, data: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
};

const JFIF = jpegSegment(0xe0, Buffer.from('4a46494600010100000100010000', 'hex'));
const QUANTISATION = jpegSegment(0xdb, Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)]));

/** One symbol, zero, with a code of one bit: a block of one colour is two of those bits. */
const huffman = (table: number): Buffer =>
  jpegSegment(0xc4, Buffer.from([table, 1, ...Array(15).fill(0), 0]));

const frame = (width: number, height: number): Buffer => {
  const data = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  data.writeUInt16BE(height, 1);
  data.writeUInt16BE(width, 3);
  return jpegSegment(0xc0, data);
};

const SCAN = jpegSegment(0xda, Buffer.from([1, 1, 0, 0, 63, 0]));

export interface JpegOptions {
  readonly width?: number;
  readonly height?: number;
  /** Segments behind JFIF. */
  readonly segments?: readonly Buffer[];
}

/** A grey baseline JPEG of one colour that every viewer shows. */
export const makeJpeg = ({ width = 8, height = 8, segments = [] }: JpegOptions = {}): Buffer => {
  const blocks = Math.min(Math.ceil(width / 8) * Math.ceil(height / 8), 4_096);
  const bits = Buffer.alloc(Math.ceil((blocks * 2) / 8), 0);
  const tail = blocks * 2 - (bits.length - 1) * 8;
  bits[bits.length - 1] = 0xff >> tail;
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...[JFIF, ...segments, QUANTISATION, frame(width, height), huffman(0), huffman(0x10), SCAN],
    bits,
    Buffer.from([0xff, 0xd9]),
  ]);
};

/** An EXIF segment with an orientation and a position, little endian as cameras write it. */
export const exifSegment = (orientation: number): Buffer => {
  const tiff = Buffer.alloc(64);
  tiff.write('II*\0', 0, 'latin1');
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(2, 8);
  tiff.writeUInt16LE(0x0112, 10);
  tiff.writeUInt16LE(3, 12);
  tiff.writeUInt32LE(1, 14);
  tiff.writeUInt16LE(orientation, 18);
  tiff.writeUInt16LE(0x8825, 22); // GPS
  tiff.write('48.2082N 16.3738E', 40, 'latin1');
  return jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]));
};
