import { Agent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Forgery, PostedEvent, SignDelivery, WebhookEndpoint } from './delivery-types';
import { limitConcurrency } from './limit-concurrency';

export interface DeliverySender {
  /** Posts one attempt and reports what came back; never throws. */
  send(
    event: PostedEvent,
    endpoint: WebhookEndpoint,
    forge: Forgery | null,
    /** Asked when the attempt's turn comes; false = it is not made. */
    stillWanted?: () => boolean,
  ): Promise<{ status: number | null; error: string | null; ms: number }>;
  close(): void;
}

export interface DeliverySenderOptions {
  sign: SignDelivery;
  /** Flips live and test in a body; without it `otherMode` leaves the body alone. */
  flipMode?: (body: string) => string;
  /** Default 10 s. */
  timeoutMs?: number;
  userAgent: string;
}

const mostAtOnce = 32;

/** A webhook sender with keep-alive connections, at most 32 attempts at once per receiver. */
export function createDeliverySender(options: DeliverySenderOptions): DeliverySender {
  const plain = new Agent({ keepAlive: true });
  const secure = new HttpsAgent({ keepAlive: true });
  const turns = new Map<string, ReturnType<typeof limitConcurrency>>();

  /** An attempt's time, signature and timeout start when its turn comes, not when it queues up. */
  function turnFor(url: string): ReturnType<typeof limitConcurrency> {
    const turn = turns.get(url) ?? limitConcurrency(mostAtOnce);
    turns.set(url, turn);
    return turn;
  }

  return {
    send: (event, endpoint, forge, stillWanted = () => true) =>
      turnFor(endpoint.url)(async () =>
        stillWanted() ? attempt(event, endpoint, forge) : { status: null, error: 'no longer wanted', ms: 0 },
      ),
    close() {
      plain.destroy();
      secure.destroy();
    },
  };

  async function attempt(
    event: PostedEvent,
    endpoint: WebhookEndpoint,
    forge: Forgery | null,
  ): ReturnType<DeliverySender['send']> {
    const flip = forge?.otherMode ? options.flipMode : undefined;
    const signedBody = Buffer.from(flip ? flip(event.body.toString()) : event.body);
    const startedMs = performance.now();
    try {
      const headers = options.sign({
        event,
        rawBody: signedBody,
        attemptTimeMs: Date.now() + (forge?.timestampOffsetMs ?? 0),
        endpoint,
        badSignature: forge?.badSignature ?? false,
      });
      const body = forge?.alteredBody ? alterBody(signedBody) : signedBody;
      const status = await post(new URL(endpoint.url), headers, body);
      const error = status >= 200 && status < 300 ? null : `answered ${status}`;
      return { status, error, ms: Math.round(performance.now() - startedMs) };
    } catch (error) {
      const message = error instanceof Error ? error.message || error.name : String(error);
      return { status: null, error: message, ms: Math.round(performance.now() - startedMs) };
    }
  }

  function post(url: URL, headers: Record<string, string>, body: Buffer): Promise<number> {
    const isSecure = url.protocol === 'https:';
    const timeoutMs = options.timeoutMs ?? 10_000;
    return new Promise((resolve, reject) => {
      const outgoing = (isSecure ? httpsRequest : httpRequest)(
        url,
        {
          method: 'POST',
          agent: isSecure ? secure : plain,
          signal: AbortSignal.timeout(timeoutMs),
          headers: {
            'user-agent': options.userAgent,
            accept: '*/*',
            ...headers,
            'content-length': body.length,
          },
        },
        (incoming) => {
          incoming.resume();
          incoming.once('end', () => resolve(incoming.statusCode ?? 0));
          incoming.once('error', reject);
        },
      );
      outgoing.once('error', (error) =>
        reject(
          error.name === 'AbortError' || error.name === 'TimeoutError' ? timeoutError(timeoutMs) : error,
        ),
      );
      outgoing.end(body);
    });
  }
}

function timeoutError(timeoutMs: number): Error {
  return new Error(`no answer within ${timeoutMs} ms`);
}

/** Changes the last digit of the body, so that it stays valid JSON; without a digit it appends a space. */
function alterBody(body: Buffer): Buffer {
  const altered = Buffer.from(body);
  for (let index = altered.length - 1; index >= 0; index--) {
    const byte = altered[index] ?? 0;
    if (byte < 0x30 || byte > 0x39) continue;
    altered[index] = byte === 0x39 ? 0x38 : byte + 1;
    return altered;
  }
  return Buffer.concat([body, Buffer.from(' ')]);
}
