import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Functions } from '../parts/start-functions';
import type { QueueServer } from '../queue/start-queue-server';
import type { Schedules } from '../schedules/run-schedules';

/** What the control routes reach. */
export type ControlParts = {
  functions: Functions;
  schedules: Schedules;
  /** undefined = another SQS is used. */
  queue: QueueServer | undefined;
};

const PREFIX = '/_tandem/';

/**
 * Answers requests about the runner itself, which exist on this machine alone:
 *
 *     GET  /_tandem/status                    functions with their process ids, schedules, queues
 *     POST /_tandem/schedules/{name}          runs a schedule now
 *     POST /_tandem/functions/{name}/kill     kill -9 of all processes of a function
 *
 * @returns false for every other request
 */
export async function answerControl(
  ready: () => Promise<ControlParts>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const path = (request.url ?? '').split('?')[0] ?? '';
  if (!path.startsWith(PREFIX)) return false;
  const json = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    return true;
  };
  // A page from elsewhere can send requests here; browsers say so.
  if (request.headers.origin !== undefined) return json(403, { message: 'not from a web page' });

  const { functions, schedules, queue } = await ready();
  const [kind, ...rest] = path.slice(PREFIX.length).split('/').map(decodeURIComponent);
  if (request.method === 'GET' && kind === 'status') {
    const pids = [...functions.byName].map(([name, running]) => [name, running.pids()]);
    return json(200, {
      functions: Object.fromEntries(pids),
      schedules: schedules.names(),
      queues: queue?.allCounts(),
    });
  }
  if (request.method === 'POST' && kind === 'schedules') {
    const outcome = await schedules.trigger(rest.join('/'));
    return outcome
      ? json(outcome.functionError ? 502 : 200, outcome)
      : json(404, { message: 'no such schedule' });
  }
  const [name = '', action] = rest;
  const running = functions.byName.get(name);
  if (request.method === 'POST' && kind === 'functions' && action === 'kill' && running) {
    return json(200, { killed: running.signal('SIGKILL') });
  }
  return json(404, { message: 'no such control route' });
}
