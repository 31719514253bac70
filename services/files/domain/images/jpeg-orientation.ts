const HEADER = Buffer.from('Exif\0\0', 'latin1');
const ORIENTATION = 0x0112;

/** Entries that are looked through; a directory with more is not one of a camera. */
const MAX_ENTRIES = 1_000;

/** How an EXIF segment says that the image is to be turned, 1 to 8; null where it does not, or is not to be read. */
export const readOrientation = (segment: Buffer): number | null => {
  if (!segment.subarray(0, HEADER.length).equals(HEADER)) return null;
  const tiff = segment.subarray(HEADER.length);
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number): number => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number): number => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  try {
    const directory = long(4);
    const entries = Math.min(short(directory), MAX_ENTRIES);
    for (let index = 0; index < entries; index += 1) {
      const at = directory + 2 + index * 12;
      if (short(at) !== ORIENTATION) continue;
      const value = short(at + 8);
      return value >= 1 && value <= 8 ? value : null;
    }
  } catch {
    // It points out of itself: as good as none.
  }
  return null;
};

/** An APP1 segment that says how to turn the image, and nothing else (TIFF 6.0, big endian, one entry of type SHORT). */
export const orientationSegment = (orientation: number): Buffer => {
  const tiff = Buffer.from('4d4d002a00000008000101120003000000010000000000000000', 'hex');
  tiff.writeUInt16BE(orientation, 18);
  const content = Buffer.concat([HEADER, tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};
