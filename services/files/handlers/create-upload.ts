import { createHash } from 'node:crypto';
import type { HandlerOf } from '#shared/http/request';
import type { FilesContract } from '../contract';
import { readIdempotencyKey } from '../domain/idempotency-key';
import { type CreateUploadDeps, createUpload } from '../use-cases/create-upload';
import { renderFile } from './render-file';

export const handleCreateUpload =
  (deps: CreateUploadDeps): HandlerOf<FilesContract['createUpload']> =>
  async ({ body, headers, identity }) => {
    const { file, upload } = await createUpload(deps, {
      ...body,
      userId: identity.userId,
      key: readIdempotencyKey(headers['idempotency-key']),
      // Validated, so its keys come in the contract's order, and equal requests hash alike.
      requestHash: createHash('sha256').update(JSON.stringify(body)).digest('hex'),
    });
    const link = upload && {
      ...{ url: upload.url, token: upload.token },
      ...{ bucket: upload.bucket, path: upload.key },
    };
    return { body: { success: true, file: renderFile(file), upload: link } };
  };
