import type { Codec } from '../codec';
import { refuse } from '../refusal';
import { unescapeNames } from './active-names';

/** What one object stream, and all of a document's together, may unpack to. */
const STREAM_BYTES = 32 * 1024 * 1024;
const TOTAL_BYTES = 64 * 1024 * 1024;

/** A document of the greatest size has some thousands. */
const MAX_STREAMS = 20_000;

/** A dictionary stands close before its stream. */
const DICTIONARY_CHARACTERS = 4_096;

/**
 * The texts of all streams that hold objects. A stream is one if its dictionary says so, or if it begins as one does, with
 * numbers, whatever its dictionary says.
 */
export async function* objectStreams(bytes: Buffer, text: string, codec: Codec): AsyncGenerator<string> {
  let left = TOTAL_BYTES;
  let streams = 0;
  for (const { start, end, dictionary } of streamsIn(text)) {
    streams += 1;
    if (streams > MAX_STREAMS) refuse('pdf_unreadable');
    const isNamed = /\/ObjStm(?![\w#])/.test(dictionary);
    if (isNamed && !isReadable(dictionary)) refuse('pdf_unreadable');
    const data = bytes.subarray(start, end);
    if (!isNamed && !(await beginsWithNumbers(data, codec))) continue;
    const chunks: Buffer[] = [];
    const limit = Math.min(STREAM_BYTES, left);
    const inflated = await codec.inflate(data, {
      format: 'zlib',
      limit,
      onChunk: (chunk) => chunks.push(chunk),
    });
    if (inflated.end === 'over') refuse('zip_bomb');
    // What is behind a stream's end, a line feed, does no harm; a stream that breaks off cannot be looked into.
    if (isNamed && inflated.end === 'broken') refuse('pdf_unreadable');
    left -= inflated.size;
    yield unescapeNames(Buffer.concat(chunks).toString('latin1'));
  }
}

interface Stream {
  readonly start: number;
  readonly end: number;
  readonly dictionary: string;
}

function* streamsIn(text: string): Generator<Stream> {
  const opening = /(?<!end)stream(?:\r\n|\n|\r)/g;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const start = match.index + match[0].length;
    const found = text.indexOf('endstream', start);
    const end = found < 0 ? text.length : found;
    const before = text.slice(Math.max(0, match.index - DICTIONARY_CHARACTERS), match.index);
    const at = before.lastIndexOf('obj');
    yield { start, end, dictionary: unescapeNames(at < 0 ? before : before.slice(at)) };
    opening.lastIndex = end;
  }
}

/** Object streams are deflated, without a predictor, by everything that writes them. */
const isReadable = (dictionary: string): boolean => {
  const filters = [...dictionary.matchAll(/\/[A-Za-z0-9]+(?:Decode|Crypt)\b/g)].map(([name]) => name);
  const predictor = /\/Predictor\s+(\d+)/.exec(dictionary)?.[1] ?? '1';
  return filters.length === 1 && filters[0] === '/FlateDecode' && predictor === '1';
};

const LOOK_BYTES = 64;

const beginsWithNumbers = async (data: Buffer, codec: Codec): Promise<boolean> => {
  // The two bytes of zlib: deflate, and divisible by 31 (RFC 1950).
  if (data.length < 2 || (data.readUInt8(0) & 15) !== 8 || data.readUInt16BE(0) % 31 !== 0) return false;
  let head = '';
  await codec.inflate(data.subarray(0, 1_024), {
    format: 'zlib',
    limit: 64 * 1024,
    onChunk: (chunk) => {
      if (head.length < LOOK_BYTES) head += chunk.toString('latin1', 0, LOOK_BYTES);
    },
  });
  return /^(?:\s|%[^\r\n]*[\r\n])*\d+\s+\d+\s/.test(head);
};
