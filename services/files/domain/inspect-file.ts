import { checkText, isPlainText } from './check-text';
import type { Codec } from './codec';
import { refuseEmbedded } from './find-embedded';
import { rewriteGif } from './images/rewrite-gif';
import { rewriteJpeg } from './images/rewrite-jpeg';
import { rewritePng } from './images/rewrite-png';
import { rewriteWebp } from './images/rewrite-webp';
import type { RewrittenImage } from './images/rewritten-image';
import { checkPdf } from './pdf/check-pdf';
import { type FileType, type Purpose, type PurposeRule, purposeRules } from './purposes';
import { Refusal, type RefusalReason, refuse } from './refusal';
import { sniffType } from './sniff-type';
import { checkZip } from './zip/check-zip';

export interface Inspection {
  readonly purpose: Purpose;
  readonly declaredType: FileType;
  /** Bytes, as declared when the upload was asked for. */
  readonly declaredBytes: number;
}

export type Verdict =
  | {
      readonly accepted: true;
      readonly type: FileType;
      /** What is to be kept: of images without metadata, else as uploaded. */
      readonly bytes: Buffer;
      /** Pixels; null for what is no image. */
      readonly width: number | null;
      readonly height: number | null;
    }
  | { readonly accepted: false; readonly reason: RefusalReason };

/** Decides about an uploaded file by its bytes alone: what they are, what was declared and what is allowed must be the same. */
export const inspectFile = async (bytes: Buffer, inspection: Inspection, codec: Codec): Promise<Verdict> => {
  const rule = purposeRules[inspection.purpose];
  try {
    const type = checkType(bytes, inspection, rule);
    const image = await checkContent(bytes, type, rule, codec);
    return { accepted: true, type, bytes, width: null, height: null, ...image };
  } catch (error) {
    if (error instanceof Refusal) return { accepted: false, reason: error.reason };
    // Read behind its end: a length in it is a lie.
    if (isReadOutside(error)) return { accepted: false, reason: damaged(inspection.declaredType) };
    throw error;
  }
};

const checkType = (bytes: Buffer, inspection: Inspection, rule: PurposeRule): FileType => {
  const { declaredType, declaredBytes } = inspection;
  if (bytes.length === 0) refuse('empty');
  if (bytes.length > declaredBytes || bytes.length > rule.maxBytes) refuse('too_large');
  const sniffed = sniffType(bytes);
  if (sniffed === 'svg' || sniffed === 'html') return refuse(sniffed);
  // Some magic bytes are letters, with which a text may begin: one is what it was declared to be if it is nothing else.
  const isText = declaredType === 'text/plain' && (sniffed === 'text' || isPlainText(bytes));
  if (sniffed === 'foreign' && !isText) return refuse('not_allowed');
  // Bytes without magic are a text if they were declared as one, and else a lie.
  const type = isText || sniffed === 'text' || sniffed === 'foreign' ? 'text/plain' : sniffed;
  if (type !== declaredType) refuse('type_mismatch');
  // What was asked for was allowed then; the rules may have changed since.
  return rule.types.includes(type) ? type : refuse('not_allowed');
};

const checkContent = async (
  bytes: Buffer,
  type: FileType,
  { maxPixels }: PurposeRule,
  codec: Codec,
): Promise<RewrittenImage | null> => {
  switch (type) {
    case 'text/plain':
      checkText(bytes);
      return null;
    case 'application/pdf':
      await checkPdf(bytes, codec);
      return null;
    case 'application/zip':
      await checkZip(bytes, codec);
      return null;
    default: {
      const image = await rewriteImage(bytes, type, maxPixels, codec);
      // Before and after: what was dropped is no reason to keep the rest of such a file.
      refuseEmbedded(bytes);
      refuseEmbedded(image.bytes);
      return image;
    }
  }
};

type ImageType = Exclude<FileType, 'text/plain' | 'application/pdf' | 'application/zip'>;

const rewriteImage = async (
  bytes: Buffer,
  type: ImageType,
  maxPixels: number,
  codec: Codec,
): Promise<RewrittenImage> => {
  switch (type) {
    case 'image/png':
      return rewritePng(bytes, maxPixels, codec);
    case 'image/jpeg':
      return rewriteJpeg(bytes, maxPixels);
    case 'image/gif':
      return rewriteGif(bytes, maxPixels);
    case 'image/webp':
      return rewriteWebp(bytes, maxPixels);
  }
};

/** By code, not by class: an error of Node's own may come from another realm. */
const isReadOutside = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  (error.code === 'ERR_OUT_OF_RANGE' || error.code === 'ERR_BUFFER_OUT_OF_BOUNDS');

const damaged = (type: FileType): RefusalReason => {
  if (type === 'application/pdf') return 'pdf_unreadable';
  if (type === 'application/zip') return 'zip_broken';
  return type === 'text/plain' ? 'bad_text' : 'image_broken';
};
