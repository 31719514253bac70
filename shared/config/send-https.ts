import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface OutgoingRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: RequestOptions['headers'];
  readonly body: string;
  /** For the whole exchange: connecting, sending, and the answer's last byte. */
  readonly timeoutMs: number;
  /**
   * Whether a connection is made for this exchange alone. Lambda freezes a process between its requests, and what was kept
   * alive for minutes may be dead without anybody having noticed: whoever asks rarely and does not try again must not use it.
   */
  readonly freshConnection?: boolean;
}

export interface IncomingAnswer {
  readonly status: number;
  readonly text: string;
}

const MAX_ANSWER_BYTES = 1_048_576;

// One agent per process and protocol: a warm function then pays no TLS handshake. Made on first use.
let httpAgent: HttpAgent | undefined;
let httpsAgent: HttpsAgent | undefined;

const open = (url: URL, options: RequestOptions, fresh: boolean) => {
  if (url.protocol === 'https:') {
    httpsAgent ??= new HttpsAgent({ keepAlive: true });
    return httpsRequest(url, { ...options, agent: !fresh && httpsAgent });
  }
  httpAgent ??= new HttpAgent({ keepAlive: true });
  return httpRequest(url, { ...options, agent: !fresh && httpAgent });
};

/**
 * One exchange over `node:https` (or `node:http` for the local runner), on kept-alive connections unless told otherwise. Not `fetch`: loading
 * it costs a cold function about 65 ms. Follows no redirect.
 *
 * @throws Error when there is no complete answer in time
 */
export const sendHttps = ({
  url,
  method,
  headers,
  body,
  timeoutMs,
  freshConnection = false,
}: OutgoingRequest): Promise<IncomingAnswer> =>
  new Promise((resolve, reject) => {
    const request = open(url, { method, headers }, freshConnection);
    const deadline = setTimeout(() => request.destroy(new Error('timed out')), timeoutMs);
    const fail = (error: Error): void => {
      clearTimeout(deadline);
      request.destroy();
      reject(error);
    };
    request.on('error', fail);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > MAX_ANSWER_BYTES) return fail(new Error('the answer is too large'));
        chunks.push(chunk);
      });
      response.on('end', () => {
        clearTimeout(deadline);
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    request.end(body);
  });
