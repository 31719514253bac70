/** How an inflation ended. `over`: it was stopped at the limit. `broken`: not a whole deflate stream. */
export type Inflated = {
  readonly end: 'whole' | 'over' | 'broken';
  /** Bytes that came out. */
  readonly size: number;
  /** CRC-32 of them. */
  readonly crc32: number;
};

export interface InflateOptions {
  /** `raw` in ZIP, `zlib` in PNG and PDF. */
  readonly format: 'raw' | 'zlib';
  /** Bytes after which it stops, whatever is left. */
  readonly limit: number;
  /** Sees the output piece by piece; nothing is kept otherwise. */
  readonly onChunk?: (chunk: Buffer) => void;
}

/** Work on bytes that the domain leaves to zlib. */
export interface Codec {
  readonly inflate: (bytes: Buffer, options: InflateOptions) => Promise<Inflated>;
  readonly crc32: (bytes: Buffer) => number;
}
