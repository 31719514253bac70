import { crc32, createInflate, createInflateRaw } from 'node:zlib';
import type { Codec, Inflated } from '../domain/codec';

/** Output comes in pieces of this size, so that a limit is overshot by no more. */
const CHUNK_BYTES = 64 * 1024;

const inflate: Codec['inflate'] = (bytes, { format, limit, onChunk }) =>
  new Promise<Inflated>((resolve) => {
    const make = format === 'raw' ? createInflateRaw : createInflate;
    const stream = make({ chunkSize: CHUNK_BYTES });
    let size = 0;
    let sum = 0;
    const finish = (end: Inflated['end']): void => {
      stream.removeAllListeners('data');
      stream.destroy();
      resolve({ end, size, crc32: sum });
    };
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) return finish('over');
      sum = crc32(chunk, sum);
      onChunk?.(chunk);
    });
    stream.on('end', () => finish('whole'));
    // Also after `finish`, when what is left of the input meets a stream that is gone.
    stream.on('error', () => finish('broken'));
    stream.end(bytes);
  });

/** zlib of Node.js. Memory does not grow with what comes out. */
export const zlibCodec: Codec = { inflate, crc32: (bytes) => crc32(bytes) };
