import type { Server } from 'node:net';

/**
 * Makes a server listen on 127.0.0.1 and nowhere else.
 *
 * @param port 0 takes any free one
 * @returns the port it listens on
 */
export async function listenOnLoopback(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('the server has no TCP port');
  return address.port;
}
