import { refuse } from '../refusal';
import { MAX_PARTS, pixelBudget, type RewrittenImage } from './rewritten-image';

const HEADER_BYTES = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;
const APPLICATION = 0xff;

/** Application extensions that say how often an animation runs; XMP and the others go. */
const LOOPS = ['NETSCAPE2.0', 'ANIMEXTS1.0'];

/** Walks a GIF from block to block (GIF89a specification) and drops comments, texts and data of applications. */
export const rewriteGif = (bytes: Buffer, maxPixels: number): RewrittenImage => {
  const [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  const budget = pixelBudget(maxPixels);
  budget.spendCanvas(width, height);
  let at = HEADER_BYTES + tableBytes(bytes.readUInt8(10));
  const parts = [bytes.subarray(0, at)];
  let frames = 0;
  for (let blocks = 0; blocks < MAX_PARTS; blocks += 1) {
    const block = bytes.readUInt8(at);
    if (block === TRAILER) {
      if (frames === 0) refuse('image_broken');
      if (at + 1 < bytes.length) refuse('polyglot');
      parts.push(bytes.subarray(at));
      return { bytes: Buffer.concat(parts), width, height };
    }
    const end = block === IMAGE ? endOfImage(bytes, at) : endOfBlocks(bytes, at + 2);
    if (block === IMAGE) {
      budget.spendFrame(bytes.readUInt16LE(at + 5), bytes.readUInt16LE(at + 7));
      frames += 1;
    } else if (block !== EXTENSION) refuse('image_broken');
    if (block === IMAGE || isKeptExtension(bytes, at)) parts.push(bytes.subarray(at, end));
    at = end;
  }
  return refuse('image_broken');
};

/** A colour table is there if the highest bit is set, of a size in the lowest three. */
const tableBytes = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));

/** Descriptor, colour table and the least size of a code stand before the data. */
const endOfImage = (bytes: Buffer, at: number): number =>
  endOfBlocks(bytes, at + 10 + tableBytes(bytes.readUInt8(at + 9)) + 1);

/** Data comes in blocks with their length before them; an empty one is the last. */
const endOfBlocks = (bytes: Buffer, from: number): number => {
  let at = from;
  for (;;) {
    const length = bytes.readUInt8(at);
    at += 1 + length;
    if (at > bytes.length) refuse('image_broken');
    if (length === 0) return at;
  }
};

const isKeptExtension = (bytes: Buffer, at: number): boolean => {
  const label = bytes.readUInt8(at + 1);
  if (label === GRAPHIC_CONTROL) return true;
  return label === APPLICATION && LOOPS.includes(bytes.toString('latin1', at + 3, at + 14));
};
