import { Client } from 'pg';
import type { WebHandler } from '../serve-web';
import { readUpload } from './read-upload';
import { readLink, refuseLink, type SignedLink } from './signed-link';

export type StorageCompletion = {
  /** As the superuser. */
  databaseUrl: string;
  jwtSecret: string;
};

const PREFIX = '/storage/v1';

/**
 * Completes Lite's Storage to what supabase-js expects of a project's: answers to whoever asks for a link, links that are
 * judged before they are redeemed, forms, sizes that were not announced, two uploads to one place at once, and downloads
 * under a name. Every answer says `nosniff`; docs/files.md says what does at a hosted project.
 */
export function completeStorage(options: StorageCompletion, next: WebHandler): WebHandler {
  const inTurn = takeTurns();
  return async (request, peerAddress) => {
    const { pathname, searchParams } = new URL(request.url);
    if (!pathname.startsWith(`${PREFIX}/`) || request.method === 'OPTIONS') return next(request, peerAddress);
    const link = readLink(pathname);
    if (request.method === 'POST' && /^\/storage\/v1\/object\/(upload\/)?sign\//.test(pathname)) {
      return inWordsOfStorage(await next(request, peerAddress));
    }
    if (link !== null && request.method === (link.intent === 'upload' ? 'PUT' : 'GET')) {
      const refused = await refuseLink(link, searchParams.get('token') ?? '', options.jwtSecret);
      if (refused !== null) return noSniff(refused);
    }
    if (!isUpload(request.method, pathname)) {
      const answer = await next(request, peerAddress);
      return noSniff(
        link?.intent === 'download' ? asAttachment(answer, searchParams.get('download')) : answer,
      );
    }
    const bucket = link?.bucket ?? pathname.split('/')[4] ?? '';
    const read = await readUpload(request, await limitOf(bucket, options.databaseUrl));
    if (read instanceof Response) return noSniff(read);
    return inTurn(pathname, async () => named(link, await next(read, peerAddress)));
  };
}

/** PUT of a link, POST and PUT of an object; not what lists, moves or copies objects. */
function isUpload(method: string, pathname: string): boolean {
  if (method === 'PUT') return /^\/storage\/v1\/object\/[^/]+\/.+/.test(pathname);
  return method === 'POST' && /^\/storage\/v1\/object\/(?!list\/|sign\/|upload\/)[^/]+\/.+/.test(pathname);
}

/** Bytes that a bucket takes; null for no limit, which Lite says for a bucket that is not there. */
async function limitOf(bucket: string, databaseUrl: string): Promise<number | null> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client
    .query<{ most: string | null }>('select file_size_limit as most from storage.buckets where id = $1', [
      bucket,
    ])
    .finally(() => client.end());
  const most = rows[0]?.most ?? null;
  return most === null ? null : Number(most);
}

/** Lite looks whether there is an object and then writes one: two at once would both find none. */
function takeTurns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const answer = (tails.get(key) ?? Promise.resolve()).then(work);
    const tail = answer.catch(() => undefined);
    tails.set(key, tail);
    void tail.then(() => {
      if (tails.get(key) === tail) tails.delete(key);
    });
    return answer;
  };
}

/** `signedURL` and `url`, from `/object` on, where Lite says `signedUrl`, from `/storage/v1` on. */
async function inWordsOfStorage(answer: Response): Promise<Response> {
  if (!answer.ok) return noSniff(answer);
  const body: unknown = await answer.json();
  const told = Array.isArray(body) ? body.map(renameLink) : renameLink(body);
  const headers = new Headers(answer.headers);
  headers.delete('content-length');
  return noSniff(Response.json(told, { status: answer.status, headers }));
}

function renameLink(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('signedUrl' in value)) return value;
  const { signedUrl, ...rest } = value;
  const path = String(signedUrl).replace(PREFIX, '');
  return { ...rest, signedURL: path === '' ? null : path, url: path };
}

/** Storage names what was uploaded by bucket and key. */
async function named(link: SignedLink | null, answer: Response): Promise<Response> {
  if (link === null || !answer.ok) return noSniff(answer);
  return noSniff(Response.json({ Key: `${link.bucket}/${link.key}` }, { headers: withoutLength(answer) }));
}

/** `download` with a name, or empty for the object's own (RFC 6266, with the name as in RFC 8187). */
function asAttachment(answer: Response, download: string | null): Response {
  if (download === null || !answer.ok) return answer;
  const encoded = encodeURIComponent(download).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  const name = download === '' ? '' : `; filename*=UTF-8''${encoded}`;
  const headers = new Headers(answer.headers);
  headers.set('content-disposition', `attachment${name}`);
  return new Response(answer.body, { status: answer.status, headers });
}

function noSniff(answer: Response): Response {
  const headers = new Headers(answer.headers);
  headers.set('x-content-type-options', 'nosniff');
  return new Response(answer.body, { status: answer.status, headers });
}

function withoutLength({ headers }: Response): Headers {
  const kept = new Headers(headers);
  kept.delete('content-length');
  return kept;
}
