import { refuse } from '../refusal';
import { orientationSegment, readOrientation } from './jpeg-orientation';
import { MAX_PARTS, pixelBudget, type RewrittenImage } from './rewritten-image';

const SOI = Buffer.from([0xff, 0xd8]);
const EOI = 0xd9;
const SOS = 0xda;
const COM = 0xfe;

const isApplication = (marker: number): boolean => marker >= 0xe0 && marker <= 0xef;

/** Start of frame: C0 to CF but for tables of Huffman (C4) and arithmetic (CC) codes and the reserved C8. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Tables and parameters: DHT, DAC, DQT, DNL, DRI, DHP, EXP. */
const isTable = (marker: number): boolean => [0xc4, 0xcc, 0xdb, 0xdc, 0xdd, 0xde, 0xdf].includes(marker);

/**
 * Walks a JPEG from marker to marker (ITU-T T.81, annex B). Application segments and comments go, but for the colour profile, what
 * decoders need to know of the colours, and how the image is to be turned.
 */
export const rewriteJpeg = (bytes: Buffer, maxPixels: number): RewrittenImage => {
  const parts: Buffer[] = [];
  const budget = pixelBudget(maxPixels);
  let size: { readonly width: number; readonly height: number } | null = null;
  let orientation: number | null = null;
  let scans = 0;
  for (let at = SOI.length; ; ) {
    if (bytes[at] !== 0xff || parts.length >= MAX_PARTS) return refuse('image_broken');
    while (bytes[at + 1] === 0xff) at += 1; // fill bytes
    const marker = bytes.readUInt8(at + 1);
    if (marker === EOI) {
      if (size === null || scans === 0) return refuse('image_broken');
      if (at + 2 < bytes.length) refuse('polyglot');
      const turned = orientation === null ? [] : [orientationSegment(orientation)];
      const whole = Buffer.concat([SOI, ...turned, ...parts, Buffer.from([0xff, EOI])]);
      return { bytes: whole, ...size };
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length || end < at + 4) refuse('image_broken');
    const segment = bytes.subarray(at + 4, end);
    if (isApplication(marker) || marker === COM) {
      const kept = keptSegment(marker, segment);
      if (kept !== null) parts.push(withHead(marker, kept));
      if (marker === 0xe1) orientation ??= readOrientation(segment);
    } else if (isFrame(marker)) {
      // Two would be two images to two programs. The lossless process of hierarchical images has several; nobody shows those.
      if (size !== null) refuse('image_broken');
      size = { height: segment.readUInt16BE(1), width: segment.readUInt16BE(3) };
      budget.spendCanvas(size.width, size.height);
      parts.push(withHead(marker, segment));
    } else if (isTable(marker)) {
      parts.push(withHead(marker, segment));
    } else if (marker !== SOS) refuse('image_broken');
    at = end;
    if (marker !== SOS) continue;
    if (size === null) refuse('image_broken');
    const next = endOfScan(bytes, end);
    parts.push(withHead(marker, segment), bytes.subarray(end, next));
    scans += 1;
    at = next;
  }
};

const withHead = (marker: number, segment: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(segment.length + 2, 2);
  return Buffer.concat([head, segment]);
};

const JFIF_BYTES = 14;

/** JFIF without its thumbnail, the ICC profile, and Adobe's word on how colours were transformed. */
const keptSegment = (marker: number, segment: Buffer): Buffer | null => {
  const isNamed = (name: string): boolean => segment.toString('latin1', 0, name.length) === name;
  if (marker === 0xe0 && isNamed('JFIF\0') && segment.length >= JFIF_BYTES) {
    const plain = Buffer.from(segment.subarray(0, JFIF_BYTES));
    plain.writeUInt16BE(0, JFIF_BYTES - 2);
    return plain;
  }
  if (marker === 0xe2 && isNamed('ICC_PROFILE\0')) return segment;
  return marker === 0xee && isNamed('Adobe') ? segment.subarray(0, 12) : null;
};

/** Entropy-coded data ends at the next marker that is neither a stuffed zero nor a restart. */
const endOfScan = (bytes: Buffer, from: number): number => {
  for (
    let at = bytes.indexOf(0xff, from);
    at >= 0 && at + 1 < bytes.length;
    at = bytes.indexOf(0xff, at + 1)
  ) {
    const next = bytes.readUInt8(at + 1);
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return refuse('image_broken');
};
