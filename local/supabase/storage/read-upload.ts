import { storageError } from './storage-error';

/** What a form adds around the bytes: boundaries, headers and a field or two. */
const FORM_BYTES = 64 * 1024;

/**
 * The request with its bytes alone as the body, however they came. supabase-js sends blobs, as browsers have them, as a form,
 * which Lite would store as it is; and a size that was not announced is one it does not look at.
 *
 * @param limit bytes; null for none
 */
export async function readUpload(request: Request, limit: number | null): Promise<Request | Response> {
  const isForm = /^multipart\/form-data/i.test(request.headers.get('content-type') ?? '');
  const body = await readBody(request, limit === null ? null : limit + (isForm ? FORM_BYTES : 0));
  if (body === null) return tooLarge();
  if (!isForm) return withBody(request, body, request.headers.get('content-type'));
  const file = await fileIn(request, body);
  if (file === null) return storageError(400, 'InvalidRequest', 'The form has no file');
  if (limit !== null && file.size > limit) return tooLarge();
  return withBody(request, new Uint8Array(await file.arrayBuffer()), file.type);
}

const tooLarge = (): Response =>
  storageError(413, 'Payload too large', 'The object exceeded the maximum allowed size');

async function readBody(request: Request, limit: number | null): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    // Read on, but kept no longer: whoever still sends would not hear the answer.
    if (limit === null || size <= limit) chunks.push(chunk);
  }
  if (limit !== null && size > limit) return null;
  return new Uint8Array(Buffer.concat(chunks));
}

async function fileIn(request: Request, body: Uint8Array<ArrayBuffer>): Promise<Blob | null> {
  const copy = new Response(body, { headers: { 'content-type': request.headers.get('content-type') ?? '' } });
  try {
    const values = [...(await copy.formData()).values()];
    return values.find((value) => typeof value !== 'string') ?? null;
  } catch {
    return null;
  }
}

function withBody(request: Request, body: Uint8Array<ArrayBuffer>, type: string | null): Request {
  const headers = new Headers(request.headers);
  headers.set('content-type', type || 'application/octet-stream');
  headers.set('content-length', String(body.length));
  headers.delete('transfer-encoding');
  return new Request(request.url, { method: request.method, headers, body });
}
