import type { Codec } from '../codec';
import { refuseEmbedded } from '../find-embedded';
import { refuse } from '../refusal';
import { isActive, unescapeNames } from './active-names';
import { objectStreams } from './object-streams';

const END = '%%EOF';

/**
 * Refuses documents that act, and those that cannot be looked into. All of the file is searched, streams as well, because a
 * table of contents may point into the middle of one; object streams are unpacked. docs/files.md says what this leaves.
 */
export const checkPdf = async (bytes: Buffer, codec: Codec): Promise<void> => {
  const raw = bytes.toString('latin1');
  if (!/^%PDF-[12]\.\d/.test(raw)) refuse('pdf_unreadable');
  const end = raw.lastIndexOf(END);
  if (end < 0 || raw.lastIndexOf('startxref', end) < 0 || !/\d\s+obj\b/.test(raw)) refuse('pdf_unreadable');
  if (/[^\s\0]/.test(raw.slice(end + END.length))) refuse('polyglot');
  refuseEmbedded(bytes, { pdf: true });
  const text = unescapeNames(raw);
  if (/\/Encrypt(?=[\s\d<])/.test(text)) refuse('pdf_unreadable');
  if (isActive(text)) refuse('pdf_active_content');
  for await (const objects of objectStreams(bytes, raw, codec)) {
    if (isActive(objects)) refuse('pdf_active_content');
  }
};
