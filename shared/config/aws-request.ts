import { sign } from 'aws4';
import type { AwsAccess } from '#shared/config/aws-access';
import { type IncomingAnswer, sendHttps } from '#shared/config/send-https';

/**
 * Every AWS action that our code calls, in AWS's own names. Written in full at each call: a test reads them from the bundles
 * and compares them with what each function's role is allowed (test/infra/permissions.test.ts).
 */
export type AwsTarget =
  | 'AmazonSQS.GetQueueAttributes'
  | 'AmazonSQS.ReceiveMessage'
  | 'AmazonSQS.SendMessage'
  | 'AmazonSQS.SendMessageBatch'
  | 'AmazonSQS.StartMessageMoveTask'
  | 'secretsmanager.GetSecretValue';

export interface AwsCall {
  readonly service: keyof AwsAccess['endpoints'];
  /** Base of the service where it is not the region's own, such as the origin of a queue's URL. */
  readonly endpoint?: string;
  readonly target: AwsTarget;
  /** The version of AWS's JSON protocol that the service speaks. */
  readonly jsonVersion: '1.0' | '1.1';
  readonly input: Readonly<Record<string, unknown>>;
  /** For each attempt, milliseconds. */
  readonly timeoutMs: number;
  /** How often to try in all. Only calls that may happen twice should be tried twice. */
  readonly attempts: number;
}

/** What AWS answered instead of a result. Its message is left out: it can quote what we sent. */
export class AwsError extends Error {
  constructor(
    readonly status: number,
    /** The exception's name, such as `ThrottlingException`. */
    readonly code: string,
    target: string,
  ) {
    super(`${target}: ${status} ${code}`);
    this.name = 'AwsError';
  }
}

export type AwsRequest = (call: AwsCall) => Promise<Readonly<Record<string, unknown>>>;

const FIRST_PAUSE_MS = 50;

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * The client for the two or three AWS calls our functions make: JSON, signature version 4, kept-alive connections. The AWS
 * SDK would be larger than all the rest of a function. Lost connections, throttling and 5xx are tried again after a
 * pause that doubles; every attempt is signed anew.
 *
 * @throws AwsError with AWS's last answer, or the last connection's Error
 */
export const awsRequest =
  (access: AwsAccess, sleep: (ms: number) => Promise<void> = wait): AwsRequest =>
  async (call) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return readAnswer(await sendHttps(signed(access, call)), call.target);
      } catch (error) {
        if (attempt >= call.attempts || !mayPass(error)) throw error;
        await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      }
    }
  };

const signed = (access: AwsAccess, { service, endpoint, target, jsonVersion, input, timeoutMs }: AwsCall) => {
  const url = new URL(
    access.endpoints[service] ?? endpoint ?? `https://${service}.${access.region}.amazonaws.com`,
  );
  const body = JSON.stringify(input);
  const { headers } = sign(
    {
      service,
      region: access.region,
      method: 'POST',
      host: url.host,
      path: url.pathname,
      headers: { 'content-type': `application/x-amz-json-${jsonVersion}`, 'x-amz-target': target },
      body,
    },
    access.credentials,
  );
  return { url, method: 'POST', headers, body, timeoutMs };
};

const readAnswer = ({ status, text }: IncomingAnswer, target: string): Readonly<Record<string, unknown>> => {
  const answer = parseObject(text);
  if (status === 200 && answer !== null) return answer;
  const type = typeof answer?.__type === 'string' ? answer.__type : 'UnknownError';
  throw new AwsError(status, type.slice(type.indexOf('#') + 1), target);
};

const parseObject = (text: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
};

const THROTTLED = /Throttl|TooManyRequests|LimitExceeded|RequestExpired/;

const mayPass = (error: unknown): boolean =>
  !(error instanceof AwsError) || error.status === 200 || error.status >= 500 || THROTTLED.test(error.code);
