/** What a file is for. Each purpose has a bucket, a limit of size and the types that it takes. */
export const purposes = ['avatar', 'attachment', 'document'] as const;

export type Purpose = (typeof purposes)[number];

/** Types that are accepted anywhere: those whose insides domain/inspect-file.ts knows. */
export const fileTypes = [
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'application/pdf',
  'text/plain',
  'application/zip',
] as const;

export type FileType = (typeof fileTypes)[number];

export interface PurposeRule {
  /** Where accepted files are kept. None of the buckets is public. */
  readonly bucket: string;
  readonly maxBytes: number;
  readonly types: readonly FileType[];
  /** Width times height, read before anything is decoded; of animations the sum over all frames may be four times that. */
  readonly maxPixels: number;
}

const MEGABYTE = 1024 * 1024;

/** The migration that makes the buckets says the same; a test compares the two. */
export const purposeRules: Readonly<Record<Purpose, PurposeRule>> = {
  avatar: {
    bucket: 'avatars',
    maxBytes: 2 * MEGABYTE,
    types: ['image/png', 'image/jpeg', 'image/webp'],
    maxPixels: 16_000_000,
  },
  attachment: {
    bucket: 'attachments',
    maxBytes: 20 * MEGABYTE,
    types: fileTypes,
    maxPixels: 50_000_000,
  },
  document: {
    bucket: 'documents',
    maxBytes: 20 * MEGABYTE,
    types: ['application/pdf'],
    maxPixels: 0,
  },
};

/** Where uploads wait until they have been looked at. Nobody but the service reads it. */
export const QUARANTINE = 'quarantine';

/** The key of a file's object, in quarantine and in its bucket: made here, never from a name of the user's. */
export const objectKey = ({ userId, id }: { readonly userId: string; readonly id: string }): string =>
  `${userId}/${id}`;

/** What one user may keep: files of any status, and bytes of those that are not refused. */
export const QUOTA = { files: 500, bytes: 500 * MEGABYTE } as const;
