/** A request of net.http_request_queue. */
export type QueuedRequest = {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Buffer | null;
  timeout_milliseconds: number;
};

export type SentRequest = {
  path: string;
  /** undefined = there was no answer. */
  status: number | undefined;
  ms: number;
};

/** Sends a request once, and says what came of it. Never rejects: pg_net forgets what it could not deliver. */
export async function sendRequest(request: QueuedRequest): Promise<SentRequest> {
  const startedAt = performance.now();
  const status = await fetch(request.url, {
    method: request.method,
    headers: request.headers,
    ...(request.body && { body: new Uint8Array(request.body) }),
    signal: AbortSignal.timeout(request.timeout_milliseconds),
  }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.status;
    },
    () => undefined,
  );
  return { path: new URL(request.url).pathname, status, ms: Math.round(performance.now() - startedAt) };
}
