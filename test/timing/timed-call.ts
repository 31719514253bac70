import { Agent, request } from 'node:http';

/** One answer and how long it took, in milliseconds from the first byte sent to the last received. */
export interface TimedAnswer {
  readonly ms: number;
  readonly status: number;
  /** All of the answer but what differs between any two: request id, date, calls left. */
  readonly content: string;
  readonly body: string;
}

const agent = new Agent({ keepAlive: true });

const NEVER_ALIKE = new Set([
  'x-request-id',
  'x-amzn-requestid',
  'x-amz-apigw-id',
  'x-amzn-trace-id',
  'date',
  'ratelimit',
]);

/** Posts JSON to the gateway. The address asked about is hidden in the content, since answers may repeat it. */
export const timedCall = (
  url: string,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<TimedAnswer> =>
  new Promise((resolve, reject) => {
    const sent = JSON.stringify(body);
    const started = performance.now();
    const outgoing = request(
      url,
      {
        agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(sent),
          ...headers,
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const ms = performance.now() - started;
          const text = Buffer.concat(chunks).toString();
          const told = Object.entries(answer.headers).filter(([name]) => !NEVER_ALIKE.has(name));
          const content = [answer.statusCode, JSON.stringify(told.sort()), text]
            .join('\n')
            .replaceAll(String(body.email), '<address>')
            .replace(/"requestId":"[^"]*"/, '');
          resolve({ ms, status: answer.statusCode ?? 0, content, body: text });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(sent);
  });
