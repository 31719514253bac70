import { decodeUserBroadcast, encodeUserBroadcast } from './binary-broadcast';
import { jsonOf, type PhoenixMessage, UserBroadcast } from './phoenix-message';

/** How messages look on one socket; the client chooses by `vsn` in its address. */
export type Serializer = {
  /** null where the data is no message. */
  decode: (data: Buffer, isBinary: boolean) => PhoenixMessage | null;
  /** null where this form cannot carry the message. */
  encode: (message: PhoenixMessage) => string | Buffer | null;
};

/** 1.0.0: an object for each message, as Phoenix.Socket.V1.JSONSerializer has it; `join_ref` is read but never sent. */
const objects: Serializer = {
  decode: (data, isBinary) => {
    const value = isBinary ? null : parse(data);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    const { topic, event, ref, join_ref: joinRef, payload } = value as Record<string, unknown>;
    return messageOf(joinRef, ref, topic, event, payload);
  },
  encode: ({ topic, event, ref, payload }) => {
    const json = payload instanceof UserBroadcast ? jsonBroadcast(payload) : jsonOf(payload);
    if (json === null) return null;
    const head = `"topic":${JSON.stringify(topic)},"event":${JSON.stringify(event)}`;
    return `{${head},"ref":${JSON.stringify(ref)},"payload":${json}}`;
  },
};

/** 2.0.0: an array for each message, and a binary form for broadcasts. */
const arrays: Serializer = {
  decode: (data, isBinary) => {
    if (isBinary) return decodeUserBroadcast(data);
    const value = parse(data);
    if (!Array.isArray(value)) return null;
    const [joinRef, ref, topic, event, payload] = value as unknown[];
    return messageOf(joinRef, ref, topic, event, payload);
  },
  encode: ({ joinRef, ref, topic, event, payload }) => {
    if (payload instanceof UserBroadcast) return encodeUserBroadcast(topic, payload);
    const head = [joinRef, ref, topic, event].map((part) => JSON.stringify(part)).join(',');
    return `[${head},${jsonOf(payload)}]`;
  },
};

/** The form that a client asked for; undefined for one that does not exist. */
export function serializerFor(vsn: string | null): Serializer | undefined {
  return { '1.0.0': objects, '2.0.0': arrays }[vsn ?? '1.0.0'];
}

function messageOf(
  joinRef: unknown,
  ref: unknown,
  topic: unknown,
  event: unknown,
  payload: unknown,
): PhoenixMessage | null {
  if (typeof topic !== 'string' || typeof event !== 'string') return null;
  return { joinRef: textOf(joinRef), ref: textOf(ref), topic, event, payload };
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null;

const jsonBroadcast = ({ event, encoding, body }: UserBroadcast): string | null =>
  encoding === 'json'
    ? `{"type":"broadcast","event":${JSON.stringify(event)},"payload":${body.toString('utf8')}}`
    : null;

function parse(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return null;
  }
}
