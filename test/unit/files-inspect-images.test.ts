import { deflateSync } from 'node:zlib';
import { inspectFile, type Verdict } from '../../services/files/domain/inspect-file';
import type { FileType } from '../../services/files/domain/purposes';
import { zlibCodec } from '../../services/files/providers/zlib-codec';
import { gifApplication, gifComment, gifFrame, makeGif } from '../support/files/make-gif';
import { exifSegment, jpegSegment, makeJpeg } from '../support/files/make-jpeg';
import { makePng, PNG_SIGNATURE, pngChunk, pngHeader, pngRows } from '../support/files/make-png';
import {
  extended,
  lossless,
  makeWebp,
  makeWebpWithMetadata,
  riff,
  webpChunk,
} from '../support/files/make-webp';
import { makeZip } from '../support/files/make-zip';

const inspect = (bytes: Buffer, declaredType: FileType, declaredBytes = bytes.length): Promise<Verdict> =>
  inspectFile(bytes, { purpose: 'attachment', declaredType, declaredBytes }, zlibCodec);

const reasonOf = async (bytes: Buffer, declaredType: FileType): Promise<string> => {
  const verdict = await inspect(bytes, declaredType);
  return verdict.accepted ? 'accepted' : verdict.reason;
};

const storedOf = async (bytes: Buffer, declaredType: FileType): Promise<Buffer> => {
  const verdict = await inspect(bytes, declaredType);
  if (!verdict.accepted) throw new Error(verdict.reason);
  return verdict.bytes;
};

const JAR = makeZip([{ name: 'META-INF/MANIFEST.MF', content: Buffer.from('Main-Class: Evil\n') }]);
const IMAGES = [
  ['image/png', makePng(), 4, 3],
  ['image/jpeg', makeJpeg({ width: 24, height: 16 }), 24, 16],
  ['image/gif', makeGif(), 1, 1],
  ['image/webp', makeWebp(), 5, 4],
] as const;

describe.each(IMAGES)('%s', (type, image, width, height) => {
  test('is accepted with its size, and stays as it is where it has no metadata', async () => {
    expect(await inspect(image, type)).toEqual({ accepted: true, type, bytes: image, width, height });
  });

  test.each([
    ['a JAR', JAR],
    ['a script', Buffer.from('<script>alert(1)</script>')],
    ['a PDF', Buffer.from('%PDF-1.7')],
    ['a byte', Buffer.from([0])],
  ])('with %s behind its end is refused', async (_what, tail) => {
    expect(await reasonOf(Buffer.concat([image, tail]), type)).toBe('polyglot');
  });

  test('cut off anywhere is refused, never an error', async () => {
    for (let length = 1; length < image.length; length += 1) {
      expect(await reasonOf(image.subarray(0, length), type)).not.toBe('accepted');
    }
  });

  test('declared as another type is refused', async () => {
    const other = type === 'image/png' ? 'image/jpeg' : 'image/png';
    expect(await reasonOf(image, other)).toBe('type_mismatch');
    expect(await reasonOf(image, 'text/plain')).toBe('type_mismatch');
  });

  test('larger by one byte than declared is refused', async () => {
    expect(await inspect(image, type, image.length - 1)).toEqual({ accepted: false, reason: 'too_large' });
  });
});

describe('PNG', () => {
  test('loses texts, times, EXIF and unknown chunks, and keeps what is seen', async () => {
    const seen = [pngChunk('gAMA', Buffer.from([0, 0, 177, 143])), pngChunk('pHYs', Buffer.alloc(9))];
    const dropped = ['tEXt', 'zTXt', 'iTXt', 'tIME', 'eXIf', 'vpAg'].map((name) =>
      pngChunk(name, Buffer.from('Author\0Jane Roe')),
    );
    const stored = await storedOf(makePng({ before: [...dropped, ...seen] }), 'image/png');
    expect(stored).toEqual(makePng({ before: seen }));
  });

  test.each([
    ['a wrong CRC', Buffer.concat([makePng().subarray(0, 30), Buffer.from([1]), makePng().subarray(31)])],
    ['no pixels', Buffer.concat([PNG_SIGNATURE, pngHeader(1, 1), pngChunk('IEND')])],
    ['too few pixels', makePng({ pixels: deflateSync(pngRows(4, 2)) })],
    ['pixels that inflate to more than the header says', makePng({ pixels: deflateSync(Buffer.alloc(1e7)) })],
    ['pixels that are not deflated', makePng({ pixels: Buffer.from('no zlib') })],
    ['two headers', makePng({ before: [pngHeader(9, 9)] })],
    ['pixels in two places', makePng({ after: [pngChunk('tEXt'), pngChunk('IDAT')] })],
    ['an unknown critical chunk', makePng({ before: [pngChunk('EVIL')] })],
    ['no width', makePng({ width: 0, pixels: deflateSync(Buffer.alloc(3)) })],
  ])('with %s is broken', async (_what, image) => {
    expect(await reasonOf(image, 'image/png')).toBe('image_broken');
  });

  test('interlaced is read by its passes', async () => {
    // 4 × 3 by Adam7: passes of 1×1, 1×1, 2×1 and 4×1 pixels, and more rows of 2×2.
    const passes = [
      [1, 1],
      [1, 1 - 1],
      [1, 1 - 1],
      [1, 1],
      [2, 1],
      [2, 2],
      [4, 1],
    ] as const;
    const rows = passes.map(([columns, count]) => pngRows(columns, count));
    const image = makePng({ interlace: 1, pixels: deflateSync(Buffer.concat(rows)) });
    expect(await reasonOf(image, 'image/png')).toBe('accepted');
  });

  test('of 60,000 by 60,000 pixels is refused by its header, before anything is unpacked', async () => {
    const flood = makePng({ width: 60_000, height: 60_000, pixels: deflateSync(Buffer.alloc(1_000)) });
    expect(await reasonOf(flood, 'image/png')).toBe('image_too_large');
  });

  test('with an archive in its last pixels is refused', async () => {
    const stored = makePng({ pixels: deflateSync(Buffer.concat([pngRows(4, 3)]), { level: 0 }) });
    expect(await reasonOf(stored, 'image/png')).toBe('accepted');
    expect(await reasonOf(makePng({ after: [pngChunk('teSt', JAR)] }), 'image/png')).toBe('polyglot');
  });

  test.each(['<script>alert(1)</script>', '<html><body>', '<svg onload=alert(1)>', '%PDF-1.4'])(
    'with %s in a text is refused',
    async (text) => {
      const image = makePng({ before: [pngChunk('tEXt', Buffer.from(`Comment\0${text}`))] });
      expect(await reasonOf(image, 'image/png')).toBe('polyglot');
    },
  );

  test('animated is taken as long as its frames stay within the canvas and the budget', async () => {
    const control = (width: number): Buffer => {
      const data = Buffer.alloc(26);
      data.writeUInt32BE(width, 4);
      data.writeUInt32BE(3, 8);
      return pngChunk('fcTL', data);
    };
    const frame = pngChunk('fdAT', Buffer.concat([Buffer.alloc(4), deflateSync(pngRows(4, 3))]));
    const animation = (width: number) =>
      makePng({ before: [pngChunk('acTL', Buffer.alloc(8))], after: [control(width), frame] });
    expect(await reasonOf(animation(4), 'image/png')).toBe('accepted');
    expect(await reasonOf(animation(5), 'image/png')).toBe('image_broken');
  });
});

test.each([
  ['image/png', makePng({ before: Array.from({ length: 60_000 }, () => pngChunk('teXt')) })],
  ['image/jpeg', makeJpeg({ segments: [Buffer.from('ffdb0002'.repeat(60_000), 'hex')] })],
  ['image/gif', makeGif({ before: [Buffer.from('21f900'.repeat(60_000), 'hex')] })],
  ['image/webp', riff(lossless(5, 4), Buffer.concat(Array(60_000).fill(webpChunk('NONE', Buffer.alloc(0)))))],
] as const)('%s of parts without end is broken', async (type, image) => {
  expect(await reasonOf(image, type)).toBe('image_broken');
});

describe('JPEG', () => {
  test('loses EXIF with its position, XMP, comments and thumbnails, and keeps how it is turned', async () => {
    const comment = jpegSegment(0xfe, Buffer.from('by Jane Roe'));
    const xmp = jpegSegment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>Jane</x:xmpmeta>'));
    const photo = makeJpeg({
      segments: [exifSegment(6), comment, xmp, jpegSegment(0xed, Buffer.from('IPTC'))],
    });
    const stored = await storedOf(photo, 'image/jpeg');
    for (const word of ['Jane', '48.2082N', 'xmpmeta', 'IPTC']) expect(stored.includes(word)).toBe(false);
    expect(stored.subarray(2, 4)).toEqual(Buffer.from([0xff, 0xe1]));
    expect(stored.readUInt16BE(30)).toBe(6);
    expect(await storedOf(stored, 'image/jpeg')).toEqual(stored);
  });

  test('keeps its colour profile', async () => {
    const profile = jpegSegment(0xe2, Buffer.from('ICC_PROFILE\0\x01\x01profile', 'latin1'));
    expect((await storedOf(makeJpeg({ segments: [profile] }), 'image/jpeg')).includes('ICC_PROFILE')).toBe(
      true,
    );
  });

  test('of 65,535 by 65,535 pixels is refused by its header', async () => {
    expect(await reasonOf(makeJpeg({ width: 65_535, height: 65_535 }), 'image/jpeg')).toBe('image_too_large');
  });

  test.each([
    ['no height', makeJpeg({ height: 0 })],
    ['two frames', makeJpeg({ segments: [jpegSegment(0xc0, Buffer.from([8, 0, 1, 0, 1, 1, 1, 0x11, 0]))] })],
    ['no scan', Buffer.from([0xff, 0xd8, 0xff, 0xd9])],
    ['an unknown marker', makeJpeg({ segments: [jpegSegment(0x02, Buffer.alloc(2))] })],
  ])('with %s is broken', async (_what, image) => {
    expect(await reasonOf(image, 'image/jpeg')).toBe('image_broken');
  });

  test('with a JAR in a comment is refused', async () => {
    expect(await reasonOf(makeJpeg({ segments: [jpegSegment(0xfe, JAR)] }), 'image/jpeg')).toBe('polyglot');
  });
});

describe('GIF', () => {
  test('loses comments and data of applications, and keeps how often it runs', async () => {
    const loop = gifApplication('NETSCAPE2.0', Buffer.from([1, 0, 0]));
    const xmp = gifApplication('XMP DataXMP', Buffer.from('Jane'));
    const stored = await storedOf(makeGif({ before: [loop, gifComment('by Jane'), xmp] }), 'image/gif');
    expect(stored).toEqual(makeGif({ before: [loop] }));
  });

  test('of 65,535 by 65,535 pixels, or of many large frames, is refused', async () => {
    expect(await reasonOf(makeGif({ width: 65_535, height: 65_535 }), 'image/gif')).toBe('image_too_large');
    const frames = Array.from({ length: 9 }, () => gifFrame(5_000, 5_000));
    expect(await reasonOf(makeGif({ width: 5_000, height: 5_000, frames }), 'image/gif')).toBe(
      'image_too_large',
    );
  });

  test('that is a script at the same time is refused', async () => {
    const text = Buffer.concat([makeGif(), Buffer.from('*/=1;alert(1)')]);
    expect(await reasonOf(text, 'image/gif')).toBe('polyglot');
  });
});

describe('WebP', () => {
  test('loses EXIF and XMP with the flags that announce them', async () => {
    const stored = await storedOf(makeWebpWithMetadata(5, 4), 'image/webp');
    expect(stored).toEqual(riff(extended(5, 4), lossless(5, 4)));
  });

  test('of 16,384 by 16,384 pixels is refused by its header', async () => {
    expect(await reasonOf(makeWebp(16_384, 16_384), 'image/webp')).toBe('image_too_large');
    const lie = riff(extended(5, 4), lossless(16_384, 16_384));
    expect(await reasonOf(lie, 'image/webp')).toBe('image_broken');
  });

  test.each([
    ['no image', riff(extended(5, 4))],
    ['two images', riff(lossless(5, 4), lossless(5, 4))],
    ['a chunk that is not an image first', riff(webpChunk('EVIL', Buffer.alloc(4)), lossless(5, 4))],
  ])('with %s is broken', async (_what, image) => {
    expect(await reasonOf(image, 'image/webp')).toBe('image_broken');
  });
});
