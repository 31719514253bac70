import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipItem {
  readonly name: string;
  readonly content: Buffer;
  /** Default: deflated. */
  readonly stored?: boolean;
  readonly flags?: number;
  /** Mode of Unix. */
  readonly mode?: number;
  /** What the headers claim instead of the truth. */
  readonly claims?: { readonly bytes?: number; readonly packedBytes?: number };
  /** In the entry's own header, instead of `name`. */
  readonly localName?: string;
  /** Extra field of the directory. */
  readonly extra?: Buffer;
  /** Data of another item instead of its own: its index. */
  readonly sharesWith?: number;
}

export interface ZipOptions {
  readonly comment?: string;
  /** What the end record claims. */
  readonly count?: number;
  readonly before?: Buffer;
}

/** An archive as the usual programs write it, but for what is asked for. */
export const makeZip = (items: readonly ZipItem[], options: ZipOptions = {}): Buffer => {
  const parts: Buffer[] = [];
  const places: number[] = [];
  const sizes: number[] = [];
  const length = (): number => parts.reduce((sum, part) => sum + part.length, 0);
  items.forEach((item, index) => {
    const data = item.stored === true ? item.content : deflateRawSync(item.content);
    sizes[index] = data.length;
    places[index] = item.sharesWith === undefined ? length() : (places[item.sharesWith] ?? 0);
    if (item.sharesWith !== undefined) return;
    const name = Buffer.from(item.localName ?? item.name);
    parts.push(Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields(item, data, name), name, data]));
  });
  const start = length();
  items.forEach((item, index) => {
    const name = Buffer.from(item.name);
    const extra = item.extra ?? Buffer.alloc(0);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((item.mode ?? 0) << 16) >>> 0, 6);
    tail.writeUInt32LE(places[index] ?? 0, 10);
    const head = fields(item, { length: sizes[index] ?? 0 }, name, extra.length);
    const version = Buffer.from([20, 3]);
    parts.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), version, head, tail, name, extra]));
  });
  const comment = Buffer.from(options.comment ?? '');
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(options.count ?? items.length, 8);
  end.writeUInt16LE(options.count ?? items.length, 10);
  end.writeUInt32LE(length() - start, 12);
  end.writeUInt32LE(start, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([options.before ?? Buffer.alloc(0), ...parts, end, comment]);
};

/** What both headers of an entry have, from the version needed to the lengths. */
const fields = (item: ZipItem, data: { readonly length: number }, name: Buffer, extra = 0): Buffer => {
  const bytes = Buffer.alloc(26);
  bytes.writeUInt16LE(20, 0);
  bytes.writeUInt16LE(item.flags ?? 0x800, 2);
  bytes.writeUInt16LE(item.stored === true ? 0 : 8, 4);
  bytes.writeUInt32LE(crc32(item.content), 10);
  bytes.writeUInt32LE(item.claims?.packedBytes ?? data.length, 14);
  bytes.writeUInt32LE(item.claims?.bytes ?? item.content.length, 18);
  bytes.writeUInt16LE(name.length, 22);
  bytes.writeUInt16LE(extra, 24);
  return bytes;
};
