import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod/mini';
import { mayWrite } from '../access/authorise-topic';
import type { Claims } from '../access/claims';
import type { Hub } from '../channels/hub';
import { JsonText, UserBroadcast } from '../protocol/phoenix-message';

const batchSchema = z.object({
  messages: z.array(
    z.object({
      topic: z.string().check(z.minLength(1)),
      event: z.string(),
      payload: z.record(z.string(), z.unknown()),
      private: z._default(z.boolean(), false),
    }),
  ),
});

type Post = { topic: string; event: string; isPrivate: boolean; payload: JsonText | UserBroadcast };

/** Pages of any origin may call, as at Supabase; what they may do is up to their token. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, apikey, content-type, x-client-info',
  'access-control-allow-methods': 'POST, OPTIONS',
};
const SINGLE = /^\/realtime\/v1\/api\/broadcast\/([^/]+)\/events\/([^/]+)\/?$/;
const BATCH = /^\/realtime\/v1\/api\/broadcast\/?$/;

/** Broadcasts by HTTP: POST /realtime/v1/api/broadcast, and one message at …/broadcast/{topic}/events/{event}. */
export async function answerHttp(
  hub: Hub,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const end = (status: number, body?: Record<string, unknown>): void => {
    response.writeHead(status, { ...CORS, ...(body && { 'content-type': 'application/json' }) });
    response.end(body && JSON.stringify(body));
  };
  const [, topic, event] = SINGLE.exec(pathname) ?? [];
  if (topic === undefined && !BATCH.test(pathname)) return end(404, { message: 'Not found' });
  if (request.method === 'OPTIONS') return end(204);
  if (request.method !== 'POST') return end(405, { message: 'Method not allowed' });
  const claims = await claimsOf(hub, request);
  if (claims === null) return end(401, { message: 'Unauthorized' });
  const body = await readBody(request, hub.limits.messageBytes);
  if (body === null) return end(413, { message: 'Payload too large' });

  const isBinary = request.headers['content-type']?.startsWith('application/octet-stream') ?? false;
  const posts =
    topic === undefined
      ? readBatch(body)
      : readSingle(topic, event ?? '', searchParams.get('private') === 'true', body, isBinary);
  if (posts === null) return end(422, { errors: { messages: ['is invalid'] } });
  for (const post of posts) await send(hub, claims, post);
  return end(202);
}

/** Who may not send is not told: neither is he at Supabase. */
async function send(hub: Hub, claims: Claims, { topic: subTopic, isPrivate, payload }: Post): Promise<void> {
  if (isPrivate && !(await mayWrite(hub.pool, { topic: subTopic, claims }, 'broadcast'))) return;
  hub.rooms.broadcast({ subTopic, isPrivate }, payload);
}

async function claimsOf(hub: Hub, { headers }: IncomingMessage): Promise<Claims | null> {
  const bearer = headers.authorization?.replace(/^bearer\s+/i, '');
  const verified = await hub.verifyToken(bearer || headers.apikey);
  return 'claims' in verified ? verified.claims : null;
}

function readBatch(body: Buffer): Post[] | null {
  const read = batchSchema.safeParse(parseJson(body));
  if (!read.success) return null;
  return read.data.messages.map(({ topic, event, payload, private: isPrivate }) => ({
    topic,
    event,
    isPrivate,
    payload: new JsonText(JSON.stringify({ type: 'broadcast', event, payload })),
  }));
}

function readSingle(
  topic: string,
  event: string,
  isPrivate: boolean,
  body: Buffer,
  isBinary: boolean,
): Post[] | null {
  if (!isBinary && parseJson(body) === undefined) return null;
  try {
    const name = decodeURIComponent(event);
    const payload = new UserBroadcast(name, isBinary ? 'binary' : 'json', body);
    return [{ topic: decodeURIComponent(topic), event: name, isPrivate, payload }];
  } catch {
    return null;
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** null when it is larger than `limit`, in bytes. */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
