import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface PostOnce {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For the whole exchange. */
  readonly timeoutMs: number;
}

export interface PostAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** There is no whole answer. `wasSent`: the request may have arrived, so it must not be repeated. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';

  constructor(
    readonly wasSent: boolean,
    /** Of the connection, such as `ECONNREFUSED`. */
    readonly code: string,
    cause: unknown,
  ) {
    super('no answer', { cause });
  }
}

const MAX_ANSWER_BYTES = 65_536;

/**
 * One POST on a connection of its own. Not on one that is kept alive: the other side may just have closed that, and then
 * nobody knows whether it had read the request. On a new connection it is known: before it stands, nothing was sent.
 *
 * @throws NoAnswerError
 */
export const postOnce = ({ url, headers, body, timeoutMs }: PostOnce): Promise<PostAnswer> =>
  new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    let wasSent = false;
    const options = { method: 'POST', headers, agent: false, signal: AbortSignal.timeout(timeoutMs) };
    const request = (isSecure ? httpsRequest : httpRequest)(url, options);
    const fail = (error: Error): void => reject(new NoAnswerError(wasSent, codeOf(error), error));
    request.on('error', fail);
    request.on('socket', (socket) => {
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        wasSent = true;
      });
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        if (length > MAX_ANSWER_BYTES) request.destroy(new Error('the answer is too large'));
      });
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.end(body);
  });

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.name;
