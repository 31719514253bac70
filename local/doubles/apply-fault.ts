import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultAction } from './faults';
import type { HttpReply } from './http-messages';
import { writeReply } from './write-reply';

/**
 * Answers a request the way a fault rule says.
 * @param act does the endpoint's real work and gives its answer; not called by faults that prevent it
 * @param refuse an answer in the double's own error shape, for a status without a body
 * @returns the HTTP status sent, 0 when the connection was cut or left hanging
 */
export async function answerWithFault(
  action: FaultAction,
  act: () => Promise<HttpReply>,
  refuse: (status: number) => HttpReply,
  response: ServerResponse,
): Promise<number> {
  const send = (reply: HttpReply) => {
    writeReply(response, reply);
    return reply.status;
  };
  const wait = (ms: number) => sleep(ms, undefined, { ref: false });

  if ('delayMs' in action) {
    await wait(action.delayMs);
    return send(await act());
  }
  if ('delayAfterMs' in action) {
    const reply = await act();
    await wait(action.delayAfterMs);
    return send(reply);
  }
  if ('dropConnectionAfter' in action || 'dropConnectionBefore' in action) {
    if ('dropConnectionAfter' in action) await act();
    response.socket?.destroy();
    return 0;
  }
  if ('slowDripMs' in action) return drip(await act(), action.slowDripMs, response);
  if ('redirectTo' in action) return send({ status: 302, headers: { location: action.redirectTo } });

  if (action.afterActing) await act();
  if ('hang' in action) return 0;
  if ('garbage' in action) {
    return send({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"id": "x", "object": {"amo',
    });
  }
  if ('html' in action) {
    return send({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<html><body>Bad gateway</body></html>',
    });
  }
  const shaped = refuse(action.status);
  const body = typeof action.body === 'object' ? JSON.stringify(action.body) : action.body;
  return send({
    status: action.status,
    headers: { ...shaped.headers, ...action.headers },
    body: body ?? shaped.body,
  });
}

async function drip(reply: HttpReply, pauseMs: number, response: ServerResponse): Promise<number> {
  const body = Buffer.from(reply.body ?? '');
  response.writeHead(reply.status, { ...reply.headers, 'content-length': body.length });
  for (const byte of body) {
    if (response.destroyed) return 0;
    response.write(Buffer.of(byte));
    await sleep(pauseMs, undefined, { ref: false });
  }
  response.end();
  return reply.status;
}
