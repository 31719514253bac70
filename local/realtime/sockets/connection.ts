import type { WebSocket } from 'ws';
import type { Claims } from '../access/claims';
import type { PhoenixMessage } from '../protocol/phoenix-message';
import type { Serializer } from '../protocol/serializer';

/** One socket, as channels see it. */
export type Connection = {
  /** Whom the API key of the address stands for. */
  readonly keyClaims: Claims;
  send: (message: PhoenixMessage) => void;
  /** Resolves when everything sent so far has left this process, or never can. */
  written: () => Promise<void>;
  /** @param reason what the client is told */
  close: (code: number, reason: string) => void;
};

/** "Try again later" and "policy violation" (RFC 6455, 7.4.1, and the registry of close codes). */
export const CLOSE_RESTART = 1012;
export const CLOSE_POLICY = 1008;

/** A client that does not answer the end of its socket is cut off after this, in milliseconds. */
const GOODBYE_MS = 2_000;

/** Wraps a socket. What waits for a slow client is bounded: beyond `bufferedBytes` it is sent away. */
export function makeConnection(
  socket: WebSocket,
  serializer: Serializer,
  keyClaims: Claims,
  bufferedBytes: number,
): Connection {
  let pending = 0;
  let waiters: (() => void)[] = [];
  const settle = (): void => {
    if (pending > 0 && socket.readyState === socket.OPEN) return;
    for (const resolve of waiters) resolve();
    waiters = [];
  };
  socket.once('close', settle);

  const close = (code: number, reason: string): void => {
    socket.close(code, reason.slice(0, 120));
    setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
    settle();
  };

  return {
    keyClaims,
    send: (message) => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > bufferedBytes) {
        close(CLOSE_POLICY, 'SlowClient: too much waits to be read; connect again');
        return;
      }
      const data = serializer.encode(message);
      if (data === null) return;
      pending += 1;
      socket.send(data, () => {
        pending -= 1;
        settle();
      });
    },
    written: () =>
      new Promise((resolve) => {
        waiters.push(resolve);
        settle();
      }),
    close,
  };
}
