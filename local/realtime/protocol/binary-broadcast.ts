import { type PhoenixMessage, UserBroadcast } from './phoenix-message';

const PUSH = 3;
const BROADCAST = 4;
/** Each part's length is one byte. */
const LONGEST = 255;

/**
 * Reads a broadcast that a client sent in binary: kind, lengths of join ref, ref, topic, event and metadata, encoding, then
 * those parts and the body (`_encodeUserBroadcastPush` of realtime-js).
 *
 * @returns null for anything else
 */
export function decodeUserBroadcast(data: Buffer): PhoenixMessage | null {
  if (data.length < 7 || data[0] !== PUSH) return null;
  const lengths = data.subarray(1, 6);
  const parts: string[] = [];
  let at = 7;
  for (const length of lengths) {
    if (at + length > data.length) return null;
    parts.push(data.toString('utf8', at, at + length));
    at += length;
  }
  const [joinRef, ref, topic = '', event = ''] = parts;
  const encoding = data[6] === 0 ? 'binary' : 'json';
  const body = data.subarray(at);
  if (encoding === 'json' && !isJson(body)) return null;
  return {
    joinRef: joinRef || null,
    ref: ref || null,
    topic,
    event: 'broadcast',
    payload: new UserBroadcast(event, encoding, body),
  };
}

/** A broadcast for clients: kind, lengths of topic, event and metadata (none here), encoding, those parts, body. */
export function encodeUserBroadcast(topic: string, { event, encoding, body }: UserBroadcast): Buffer | null {
  const [topicBytes, eventBytes] = [Buffer.from(topic), Buffer.from(event)];
  if (topicBytes.length > LONGEST || eventBytes.length > LONGEST) return null;
  const head = Buffer.from([BROADCAST, topicBytes.length, eventBytes.length, 0, encoding === 'json' ? 1 : 0]);
  return Buffer.concat([head, topicBytes, eventBytes, body]);
}

/** A body that is no JSON would break whoever gets it. */
function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
