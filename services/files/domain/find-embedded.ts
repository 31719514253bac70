import { refuse } from './refusal';

/** Readers of ZIP look for the end record from the back, at most a comment of 65,535 bytes away (APPNOTE 4.3.16). */
const END_RECORD_BYTES = 22;
const TAIL_BYTES = END_RECORD_BYTES + 65_535;

/** Acrobat takes a header anywhere in here; browsers look no further for markup (WHATWG MIME Sniffing, 5.2 reads 1,445 bytes). */
const HEAD_BYTES = 2_048;

const MARKUP = /<(?:!doctype|html|head|body|script|svg|iframe|\?php|\?xml)[\s>/?]/i;

/**
 * Refuses what other programs would find in a file of one type: a ZIP or JAR that is read from its end, a PDF or markup near
 * its start, a script anywhere.
 */
export const refuseEmbedded = (bytes: Buffer, except: { readonly pdf?: true } = {}): void => {
  if (hasArchive(bytes)) refuse('polyglot');
  const head = bytes.subarray(0, HEAD_BYTES).toString('latin1');
  if (!except.pdf && head.includes('%PDF-')) refuse('polyglot');
  if (MARKUP.test(head) || hasScript(bytes)) refuse('polyglot');
};

const SCRIPT = /<script[\s>/]/i;

const SCAN_BYTES = 1024 * 1024;

/** In pieces that overlap, as a text of 20 MB at once takes its memory twice. */
const hasScript = (bytes: Buffer): boolean => {
  for (let at = 0; at < bytes.length; at += SCAN_BYTES) {
    if (SCRIPT.test(bytes.subarray(at, at + SCAN_BYTES + 16).toString('latin1'))) return true;
  }
  return false;
};

/** Whether a reader of ZIP would find an archive: an end record whose directory is where it says, or just before it. */
export const hasArchive = (bytes: Buffer): boolean => {
  const from = Math.max(0, bytes.length - TAIL_BYTES);
  const tail = bytes.subarray(from);
  for (let at = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1'); at >= 0; ) {
    if (isEndRecord(bytes, from + at)) return true;
    at = at === 0 ? -1 : tail.lastIndexOf('PK\x05\x06', at - 1, 'latin1');
  }
  return false;
};

const isEndRecord = (bytes: Buffer, at: number): boolean => {
  if (at + END_RECORD_BYTES > bytes.length) return false;
  const [size, offset] = [bytes.readUInt32LE(at + 12), bytes.readUInt32LE(at + 16)];
  return [at - size, offset].some(
    (start) => start >= 0 && bytes.subarray(start, start + 4).toString('latin1') === 'PK\x01\x02',
  );
};
