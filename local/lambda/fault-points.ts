import { Socket } from 'node:net';
import type { Fault } from './fault';

let armed: Fault | undefined;
let installed = false;

/** Prepares the process to signal itself at the fault's point. Hooks are installed only when asked for. */
export function armFault(fault: Fault): void {
  armed = fault;
  if (installed) return;
  installed = true;
  hookOutput(process.stdout);
  hookOutput(process.stderr);
  hookSockets();
}

function strikeAt(kind: Fault['at']['kind'], text: () => string): void {
  const fault = armed;
  if (!fault || fault.at.kind !== kind || !('text' in fault.at) || !text().includes(fault.at.text)) return;
  armed = undefined;
  process.kill(process.pid, fault.signal);
}

function hookOutput(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (...values: unknown[]) => boolean;
  stream.write = (...values: unknown[]) => {
    strikeAt('output', () => String(values[0]));
    return write(...values);
  };
}

type Internals = {
  connecting: boolean;
  _writeGeneric: (writev: boolean, data: unknown, ...rest: unknown[]) => void;
  push: (chunk: unknown, ...rest: unknown[]) => boolean;
};

/** `_writeGeneric` is the one door to the operating system for all that a socket sends, single or gathered. */
function hookSockets(): void {
  const sockets = Socket.prototype as unknown as Internals;
  const { _writeGeneric: send, push } = sockets;
  sockets._writeGeneric = function (this: Internals, writev, data, ...rest) {
    if (this.connecting) return send.call(this, writev, data, ...rest); // it comes here again once connected
    const text = () => textOf(data);
    strikeAt('before-send', text);
    send.call(this, writev, data, ...rest);
    strikeAt('after-send', text);
  };
  sockets.push = function (this: Internals, chunk, ...rest) {
    strikeAt('before-receive', () =>
      chunk instanceof Uint8Array ? Buffer.from(chunk).toString('latin1') : '',
    );
    return push.call(this, chunk, ...rest);
  };
}

function textOf(data: unknown): string {
  if (typeof data === 'string') return data;
  if (data instanceof Uint8Array) return Buffer.from(data).toString('latin1');
  if (Array.isArray(data)) return data.map((entry) => textOf(entry?.chunk ?? entry)).join('');
  return '';
}
