/**
 * The program inside each function process: the client side of the Lambda Runtime API. It is bundled to
 * one CommonJS file (see build-bootstrap) and uses node:http alone, so that what a function loads is what
 * the function itself asks for.
 */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { armFault } from './fault-points';
import { watchSockets } from './watch-sockets';

type Handler = (
  event: unknown,
  context: object,
  callback: (error: unknown, result?: unknown) => void,
) => unknown;
type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

const [host = '127.0.0.1', port = '0'] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function call(method: string, path: string, body?: string, errorType?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (errorType) headers['lambda-runtime-function-error-type'] = errorType;
    const outgoing = request(
      { host, port, agent, method, path: `/2018-06-01/runtime/${path}`, headers },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          text += chunk;
        });
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }),
        );
        incoming.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function describe(error: unknown): { errorType: string; errorMessage: string; trace: string[] } {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function loadHandler(): Handler {
  const [file = 'index', name = 'handler'] = (process.env._HANDLER ?? '').split('.');
  const path = join(process.env.LAMBDA_TASK_ROOT ?? process.cwd(), file);
  const loaded = require(path) as Record<string, unknown>;
  const handler = loaded[name];
  if (typeof handler !== 'function') throw new Error(`${file}.${name} is undefined or not exported`);
  return handler as Handler;
}

function makeContext(headers: IncomingHttpHeaders): object {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function run(handler: Handler, event: unknown, context: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callback = (error: unknown, result?: unknown) => (error ? reject(error) : resolve(result));
    const returned = handler(event, context, callback);
    if (returned instanceof Promise) returned.then(resolve, reject);
    else if (handler.length < 3) resolve(returned);
  });
}

async function main(): Promise<void> {
  if (process.env.TANDEM_WATCH_SOCKETS === 'on') watchSockets();
  let handler: Handler;
  try {
    handler = loadHandler();
  } catch (error) {
    const description = describe(error);
    console.error(error);
    await call('POST', 'init/error', JSON.stringify(description), `Runtime.${description.errorType}`);
    process.exit(1);
  }
  let current: string | undefined;
  const die = async (error: unknown) => {
    console.error(error);
    if (current)
      await call('POST', `invocation/${current}/error`, JSON.stringify(describe(error)), 'Unhandled');
    process.exit(1);
  };
  process.on('uncaughtException', (error) => void die(error));
  process.on('unhandledRejection', (error) => void die(error));

  for (;;) {
    const next = await call('GET', 'invocation/next');
    if (next.status !== 200) process.exit(0); // the runner has closed this instance
    current = String(next.headers['lambda-runtime-aws-request-id']);
    process.env._X_AMZN_TRACE_ID = String(next.headers['lambda-runtime-trace-id']);
    const fault = next.headers['tandem-fault'];
    if (typeof fault === 'string') armFault(JSON.parse(fault));
    try {
      const result = await run(handler, JSON.parse(next.body), makeContext(next.headers));
      await call('POST', `invocation/${current}/response`, JSON.stringify(result) ?? 'null');
    } catch (error) {
      const description = describe(error);
      console.error(error);
      await call('POST', `invocation/${current}/error`, JSON.stringify(description), description.errorType);
    }
    current = undefined;
  }
}

main().catch(() => process.exit(0)); // the runner is gone
