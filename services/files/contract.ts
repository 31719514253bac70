import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';

const uuid = z.uuid();
const purpose = z.enum(['avatar', 'attachment', 'document']);
const status = z.enum(['pending', 'inspecting', 'accepted', 'refused']);

/** Media types without parameters, in lower case. */
const mediaType = z.string().check(z.regex(/^[a-z]{1,20}\/[a-z0-9.+-]{1,80}$/, 'must be a media type'));

const file = z.object({
  id: uuid,
  purpose,
  /** As the user gave it: for showing and saving alone. */
  name: z.string(),
  declared_type: z.string(),
  /** By its bytes; null until accepted. */
  type: z.nullable(z.string()),
  /** Bytes: as declared until it was looked at, then as stored, 0 when refused. */
  size: z.int(),
  status,
  /** Why it was refused; docs/files.md lists the codes. */
  reason: z.nullable(z.string()),
  /** SHA-256 of what is stored, hex. */
  sha256: z.nullable(z.string()),
  /** Pixels, of images. */
  width: z.nullable(z.int()),
  height: z.nullable(z.int()),
  created_at: z.iso.datetime(),
  /** When it was accepted or refused. */
  decided_at: z.nullable(z.iso.datetime()),
});

const params = z.strictObject({ id: uuid });

/** The routes of the files service. Every one is about the caller's own files; anybody else's are as absent as none. */
export const filesContract = defineContract({
  createUpload: {
    method: 'POST',
    path: '/api/files/uploads',
    summary: 'Ask for a link to upload one file to; the quota is taken at once',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: 60 }],
    headers: {
      'Idempotency-Key':
        'Any 1 to 255 visible characters, best a UUID. The same key with the same body is the same upload.',
    },
    body: z.strictObject({
      purpose,
      name: z.string().check(z.minLength(1), z.maxLength(1_000)),
      type: mediaType,
      /** Bytes. */
      size: z.int().check(z.positive(), z.lte(Number.MAX_SAFE_INTEGER)),
    }),
    success: {
      status: 201,
      body: z.object({
        success: z.literal(true),
        file,
        /** Null where this key's file was uploaded already. */
        upload: z.nullable(
          z.object({
            /** PUT the bytes here, once. */
            url: z.url(),
            /** For `uploadToSignedUrl` of supabase-js, with bucket and path. */
            token: z.string(),
            bucket: z.string(),
            path: z.string(),
          }),
        ),
      }),
    },
    errors: [
      'file_name_rejected',
      'file_type_not_allowed',
      'file_too_large',
      'file_quota_exceeded',
      'file_not_found',
      'idempotency_key_invalid',
      'idempotency_key_reused',
      'storage_unavailable',
    ],
  },
  completeUpload: {
    method: 'POST',
    path: '/api/files/{id}/complete',
    summary: 'Say that the upload is done; the file is looked at, and accepted or refused',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: 60 }],
    params,
    body: z.strictObject({}),
    success: { status: 202, body: z.object({ success: z.literal(true), file }) },
    errors: ['file_not_found', 'file_not_uploaded', 'queue_unavailable'],
  },
  listFiles: {
    method: 'GET',
    path: '/api/files',
    summary: 'Own files, newest first',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    query: z.strictObject({
      limit: z.optional(z.string().check(z.regex(/^([1-9]\d?|100)$/, 'must be 1 to 100'))),
      /** `next_cursor` of the page before. */
      cursor: z.optional(z.string().check(z.regex(/^[\w-]{1,200}$/))),
      purpose: z.optional(purpose),
      status: z.optional(status),
    }),
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        data: z.array(file),
        has_more: z.boolean(),
        next_cursor: z.nullable(z.string()),
      }),
    },
    errors: [],
  },
  getQuota: {
    method: 'GET',
    path: '/api/files/quota',
    summary: 'How much may be kept and is kept, and what each purpose takes',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        /** Files of any status. */
        files: z.object({ used: z.int(), limit: z.int() }),
        /** Of files that are not refused. */
        bytes: z.object({ used: z.int(), limit: z.int() }),
        purposes: z.array(z.object({ purpose, max_bytes: z.int(), types: z.array(z.string()) })),
      }),
    },
    errors: [],
  },
  getFile: {
    method: 'GET',
    path: '/api/files/{id}',
    summary: 'One own file, with a link for downloading it once it is accepted',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    params,
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        file,
        download: z.nullable(z.object({ url: z.url(), expires_at: z.iso.datetime() })),
      }),
    },
    errors: ['file_not_found', 'storage_unavailable'],
  },
  deleteFile: {
    method: 'DELETE',
    path: '/api/files/{id}',
    summary: 'Delete an own file, whatever its state',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 60, windowSeconds: 60 }],
    params,
    success: { status: 200, body: z.object({ success: z.literal(true) }) },
    errors: ['file_not_found'],
  },
});

export type FilesContract = typeof filesContract;
