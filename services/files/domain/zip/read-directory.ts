import { refuse } from '../refusal';
import { refuseUnsafeName } from './unsafe-name';

/** What the central directory says of an entry (APPNOTE 6.3.10, 4.3.12), checked against the entry itself. */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored. 8: deflated. */
  readonly method: number;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Of the entry's own header; where its data begins and ends. */
  readonly header: number;
  readonly start: number;
  readonly end: number;
}

const END_RECORD = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;

/** What says: see the ZIP64 record. A file of our size has no use for one, and readers disagree about it. */
const [ZIP64_COUNT, ZIP64_SIZE] = [0xffff, 0xffffffff];

const ENCRYPTED = 0x41; // bits 0 and 6
const UTF8 = 0x800;

/** The directory of an archive that fills its file from the first byte to the last. */
export const readDirectory = (bytes: Buffer, maxEntries: number): readonly ZipEntry[] => {
  const end = findEnd(bytes);
  const [disk, count, size, start] = [
    bytes.readUInt32LE(end + 4),
    bytes.readUInt16LE(end + 10),
    bytes.readUInt32LE(end + 12),
    bytes.readUInt32LE(end + 16),
  ];
  if (count === ZIP64_COUNT || size === ZIP64_SIZE || start === ZIP64_SIZE) refuse('zip_bomb');
  if (disk !== 0 || bytes.readUInt16LE(end + 8) !== count) refuse('zip_broken');
  if (count > maxEntries) refuse('zip_bomb');
  if (count === 0) refuse('empty');
  // Something before it, or between it and its end record: a second archive, or a program.
  if (start + size !== end || bytes.readUInt32LE(0) !== LOCAL) refuse('polyglot');
  const entries: ZipEntry[] = [];
  let at = start;
  for (let index = 0; index < count; index += 1) {
    const { entry, next } = readEntry(bytes, at, start);
    entries.push(entry);
    at = next;
  }
  if (at !== end) refuse('zip_broken');
  refuseOverlaps(entries);
  return entries;
};

const findEnd = (bytes: Buffer): number => {
  const at = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (at < 0) return refuse('zip_broken');
  if (at + END_BYTES + bytes.readUInt16LE(at + 20) !== bytes.length) refuse('polyglot');
  if (bytes.readUInt32LE(at) !== END_RECORD) refuse('zip_broken');
  return at;
};

const readEntry = (
  bytes: Buffer,
  at: number,
  directory: number,
): { readonly entry: ZipEntry; readonly next: number } => {
  if (bytes.readUInt32LE(at) !== CENTRAL) refuse('zip_broken');
  const [flags, method] = [bytes.readUInt16LE(at + 8), bytes.readUInt16LE(at + 10)];
  const [packedBytes, size] = [bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 24)];
  const [nameBytes, extraBytes] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30)];
  const [attributes, header] = [bytes.readUInt32LE(at + 38), bytes.readUInt32LE(at + 42)];
  if ([packedBytes, size, header].includes(ZIP64_SIZE)) refuse('zip_bomb');
  if ((flags & ENCRYPTED) !== 0 || (method !== 0 && method !== 8)) refuse('zip_unsafe');
  refuseSpecialFile(attributes);

  const rawName = bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes);
  const extra = bytes.subarray(at + CENTRAL_BYTES + nameBytes, at + CENTRAL_BYTES + nameBytes + extraBytes);
  const name = rawName.toString((flags & UTF8) === 0 ? 'latin1' : 'utf8');
  refuseUnsafeName(name);
  refuseOtherName(extra);

  if (bytes.readUInt32LE(header) !== LOCAL) refuse('zip_broken');
  const start = header + LOCAL_BYTES + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
  const end = start + packedBytes;
  const localName = bytes.subarray(
    header + LOCAL_BYTES,
    header + LOCAL_BYTES + bytes.readUInt16LE(header + 26),
  );
  // Programs that read from the front see this name and method, others the directory's.
  if (!localName.equals(rawName) || bytes.readUInt16LE(header + 8) !== method) refuse('zip_unsafe');
  if (end > directory) refuse('zip_broken');
  return {
    entry: { name, method, crc32: bytes.readUInt32LE(at + 16), packedBytes, bytes: size, header, start, end },
    next: at + CENTRAL_BYTES + nameBytes + extraBytes + bytes.readUInt16LE(at + 32),
  };
};

const [FILE_KIND, REGULAR, FOLDER] = [0xf000, 0x8000, 0x4000];

/** The high half holds the mode of Unix: neither links nor devices. */
const refuseSpecialFile = (attributes: number): void => {
  const kind = (attributes >>> 16) & FILE_KIND;
  if (kind !== 0 && kind !== REGULAR && kind !== FOLDER) refuse('zip_unsafe');
};

const UNICODE_PATH = 0x7075;

/** A second name in an extra field, which some programs prefer. */
const refuseOtherName = (extra: Buffer): void => {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === UNICODE_PATH)
      refuseUnsafeName(extra.subarray(at + 9, at + 4 + length).toString('utf8'));
  }
};

/** Entries that share their data let a small archive hold much (Fifield, "A better zip bomb"). */
const refuseOverlaps = (entries: readonly ZipEntry[]): void => {
  const ordered = [...entries].sort((a, b) => a.header - b.header);
  ordered.reduce((before, entry) => {
    if (entry.header < before) refuse('zip_bomb');
    return entry.end;
  }, 0);
};
