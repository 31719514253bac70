import type { Socket } from 'node:net';

const HEADERS = [
  'Content-Type: application/problem+json',
  'Cache-Control: no-store',
  'X-Content-Type-Options: nosniff',
  'Connection: close',
];

/** What Node's parser refuses never becomes a request; API Gateway's answer to it is as short. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const body = JSON.stringify({
    type: 'urn:tandem:error:request_invalid',
    title: 'The request does not have the required form',
    status: Number(status.slice(0, 3)),
    code: 'request_invalid',
  });
  const head = [`HTTP/1.1 ${status}`, ...HEADERS, `Content-Length: ${Buffer.byteLength(body)}`];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
