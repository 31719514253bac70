import type { FileType } from './purposes';

/** What the bytes say a file is. `text`: nothing that has magic bytes. `foreign`: something that is accepted nowhere. */
export type Sniffed = FileType | 'svg' | 'html' | 'foreign' | 'text';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

const MAGIC: readonly (readonly [FileType | 'foreign', Buffer])[] = [
  ['image/png', hex('89504e470d0a1a0a')],
  ['image/jpeg', hex('ffd8ff')],
  ['image/gif', Buffer.from('GIF87a')],
  ['image/gif', Buffer.from('GIF89a')],
  ['application/pdf', Buffer.from('%PDF-')],
  ['application/zip', hex('504b0304')],
  ['application/zip', hex('504b0506')],
  ['foreign', Buffer.from('MZ')],
  ['foreign', hex('7f454c46')], // ELF
  ['foreign', hex('cafebabe')], // Java class, Mach-O
  ['foreign', hex('feedface')],
  ['foreign', hex('feedfacf')],
  ['foreign', hex('cffaedfe')],
  ['foreign', hex('d0cf11e0a1b11ae1')], // OLE: old Office documents, MSI
  ['foreign', hex('1f8b')], // gzip
  ['foreign', Buffer.from('BZh')],
  ['foreign', hex('377abcaf271c')], // 7z
  ['foreign', Buffer.from('Rar!')],
  ['foreign', hex('fd377a585a00')], // xz
  ['foreign', Buffer.from('BM')],
  ['foreign', hex('49492a00')], // TIFF
  ['foreign', hex('4d4d002a')],
  ['foreign', hex('00000100')], // ICO
  ['foreign', Buffer.from('OggS')],
  ['foreign', Buffer.from('ID3')],
  ['foreign', Buffer.from('{\\rtf')],
  ['foreign', Buffer.from('#!')],
  ['foreign', Buffer.from('%!PS')],
];

/**
 * By magic bytes at the very start. Without any, by what a browser would take for markup behind white space, a byte order
 * mark, comments and an XML declaration (WHATWG MIME Sniffing, 7.1).
 */
export const sniffType = (bytes: Buffer): Sniffed => {
  if (bytes.subarray(0, 4).equals(Buffer.from('RIFF'))) {
    return bytes.subarray(8, 12).equals(Buffer.from('WEBP')) ? 'image/webp' : 'foreign';
  }
  const found = MAGIC.find(([, magic]) => bytes.subarray(0, magic.length).equals(magic));
  return found === undefined ? sniffMarkup(bytes) : found[0];
};

/** Comments and declarations may go on for long; behind this many bytes no browser looks any more. */
const MARKUP_BYTES = 64 * 1024;

const PROLOGUE = /^(?:\s|<!--[\s\S]*?-->|<\?xml[\s\S]*?\?>|<!doctype\s+svg[\s\S]*?>)*/i;

const HTML =
  /^<(?:!doctype|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta|link|img|base|form|object|embed|input|!--|\?php|\?xml)(?=[\s>/]|$)|^<(?:!--|\?)/i;

const sniffMarkup = (bytes: Buffer): 'svg' | 'html' | 'text' => {
  const text = decodeStart(bytes.subarray(0, MARKUP_BYTES));
  const rest = text.slice(PROLOGUE.exec(text)?.[0].length ?? 0);
  if (/^<(?:\w+:)?svg[\s>/]/i.test(rest)) return 'svg';
  return HTML.test(rest) ? 'html' : 'text';
};

const decodeStart = (bytes: Buffer): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const even = bytes.subarray(2, bytes.length - (bytes.length % 2));
    return Buffer.from(even).swap16().toString('utf16le');
  }
  return bytes.toString('utf8').replace(/^\ufeff/, '');
};
