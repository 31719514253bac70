import { randomUUID } from 'node:crypto';
import type { Fault } from './fault';

/** Largest event and largest answer of a synchronous call, in bytes. AWS's quota. */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** One call of a function, on its way to a process. */
export type Invocation = {
  requestId: string;
  /** The event as JSON. */
  event: string;
  traceId: string;
  /** Epoch milliseconds after which the process is killed; set when the call reaches a process. */
  deadlineMs: number;
  fault?: Fault;
};

/** What came of a call. */
export type Outcome = {
  requestId: string;
  /** JSON: the answer, or the error object when `functionError` is set. */
  payload: string;
  /** Unhandled = the function threw, crashed or ran out of time. */
  functionError?: 'Unhandled';
  /** The call found no free concurrency and was never started. */
  throttled?: boolean;
  durationMs: number;
  /** Milliseconds from the start of the process until it asked for work; only on a cold start. */
  initMs?: number;
};

export function newInvocation(event: string, fault?: Fault): Invocation {
  const epochSeconds = Math.floor(Date.now() / 1000).toString(16);
  const traceId = `Root=1-${epochSeconds}-${randomUUID().replaceAll('-', '').slice(0, 24)};Sampled=0`;
  return { requestId: randomUUID(), event, traceId, deadlineMs: 0, ...(fault && { fault }) };
}

/** The error objects that the platform itself makes, in AWS's words. */
export const platformError = {
  timedOut: (requestId: string, timeoutMs: number) => ({
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
  }),
  exited: (requestId: string, reason: string) => ({
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${reason}`,
  }),
  tooLarge: () => ({
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`,
  }),
};
