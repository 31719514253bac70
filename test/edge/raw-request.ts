import { connect } from 'node:net';

/** A request byte for byte as it goes over the wire, however wrong. */
export interface RawRequest {
  readonly method?: string;
  readonly target: string;
  /** Lines, in order, beside Host and Connection; one name as often as wanted. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

export interface RawAnswer {
  /** 0: the connection was closed without an answer. */
  readonly status: number;
  /** By lower-case name; the last one of a repeated name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends one request on a connection of its own and reads until the other side closes it. */
export const sendRaw = (port: number, request: RawRequest): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    const finish = (): void => resolve(parse(Buffer.concat(chunks)));
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', finish);
    // The other side may be done with us before we have said everything.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' || error.code === 'ECONNRESET' ? finish() : reject(error),
    );
    socket.write(write(request));
  });

const write = ({ method = 'GET', target, headers = [], body }: RawRequest): Buffer => {
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: api.tandem.test', 'Connection: close', ...headers];
  const bytes = Buffer.from(body ?? '');
  if (body !== undefined) lines.push(`Content-Length: ${bytes.length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]);
};

const parse = (bytes: Buffer): RawAnswer => {
  const text = bytes.toString('utf8');
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, Math.max(end, 0)).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0);
  return { status, headers, body: end < 0 ? '' : text.slice(end + 4) };
};
