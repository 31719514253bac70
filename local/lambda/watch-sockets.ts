import dns from 'node:dns';
import { Socket } from 'node:net';

/** What a process writes, followed by the host, when it wants to reach another machine. */
export const FORBIDDEN_SOCKET = 'tandem: no socket may be opened to';

/**
 * From now on this process reaches no other machine: a connection to one and the look-up of its name fail, and are told on
 * stderr. Everything that a function needs is on the loopback interface here.
 */
export function watchSockets(): void {
  const prototype = Socket.prototype as { connect: (...values: unknown[]) => unknown };
  const { connect } = prototype;
  prototype.connect = function (this: Socket, ...values: unknown[]) {
    const host = hostOf(values);
    if (host === undefined || isLoopback(host)) return connect.apply(this, values);
    return this.destroy(refuse(host));
  };
  const { lookup } = dns;
  const watched = (host: string, ...rest: unknown[]) => {
    if (isLoopback(host)) return (lookup as (...values: unknown[]) => void)(host, ...rest);
    const callback = rest.at(-1) as (error: Error) => void;
    process.nextTick(callback, refuse(host));
  };
  dns.lookup = watched as typeof dns.lookup;
}

/** The machine that `Socket.connect` was asked for; undefined for a pipe of this one. Its arguments may come gathered in an array. */
function hostOf(values: unknown[]): string | undefined {
  const [first, second] = Array.isArray(values[0]) ? (values[0] as unknown[]) : values;
  if (typeof first === 'number') return typeof second === 'string' ? second : 'localhost';
  if (typeof first !== 'object' || first === null) return undefined; // connect(path)
  const { host, path } = first as { host?: string; path?: string };
  return typeof path === 'string' && host === undefined ? undefined : (host ?? 'localhost');
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);

function refuse(host: string): Error {
  process.stderr.write(`${FORBIDDEN_SOCKET} ${host}\n`);
  return Object.assign(new Error(`${FORBIDDEN_SOCKET} ${host}`), { code: 'ECONNREFUSED' });
}
