import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Hub } from '../channels/hub';
import { serializerFor } from '../protocol/serializer';
import { CLOSE_RESTART } from './connection';
import { serveSocket } from './serve-socket';

const PATHS = ['/realtime/v1/websocket', '/realtime/v1/websocket/'];
/** Sockets get this long to say goodbye, in milliseconds. */
const GOODBYE_MS = 1_000;

/** Takes the sockets of clients in. */
export type Door = {
  accept: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;
  /** Sends everything that waits, tells clients to come again, and waits until they are gone. */
  close: () => Promise<void>;
};

export function openDoor(hub: Hub): Door {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: hub.limits.messageBytes,
    perMessageDeflate: false,
  });
  return {
    accept: async (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const refuse = (status: string): void =>
        void socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      if (!PATHS.includes(pathname)) return refuse('404 Not Found');
      const serializer = serializerFor(searchParams.get('vsn'));
      if (serializer === undefined) return refuse('400 Bad Request');
      const bearer = await hub.verifyToken(request.headers['x-api-key'] ?? searchParams.get('apikey'));
      if ('refusal' in bearer) return refuse('403 Forbidden');
      if (server.clients.size >= hub.limits.sockets) return refuse('429 Too Many Requests');
      server.handleUpgrade(request, socket, head, (client) =>
        serveSocket(hub, client, serializer, bearer.claims),
      );
    },
    close: async () => {
      const clients = [...server.clients];
      const closed = clients.map((client) => new Promise((resolve) => client.once('close', resolve)));
      for (const client of clients) client.close(CLOSE_RESTART, 'RealtimeRestarting: connect again');
      const timer = setTimeout(() => {
        for (const client of clients) client.terminate();
      }, GOODBYE_MS);
      await Promise.all(closed);
      clearTimeout(timer);
    },
  };
}
