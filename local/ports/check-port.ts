import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';

/**
 * Makes sure that a port on 127.0.0.1 is free.
 *
 * @param purpose what the port is for, as in "the gateway"
 * @param variable the environment variable that chooses another port
 * @throws Error that names the port, the process on it if that can be found, and the fix
 */
export async function checkPort(port: number, purpose: string, variable: string): Promise<void> {
  if (port === 0) return;
  const taken = await new Promise<boolean>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(true);
      else
        reject(
          new Error(
            `Port ${port} for ${purpose} cannot be used: ${error.message}. Set ${variable} to another port.`,
          ),
        );
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(false)));
  });
  if (!taken) return;
  const holder = findListener(port);
  const who = holder ? `${holder.command} (process ${holder.pid})` : 'another program';
  const stop = holder ? `Stop it with \`kill ${holder.pid}\`, or set` : 'Stop it, or set';
  throw new Error(`Port ${port} for ${purpose} is taken by ${who}. ${stop} ${variable} to another port.`);
}

type Listener = { pid: number; command: string };

/** The process that listens on a port: from /proc on Linux, from lsof elsewhere. */
export function findListener(port: number): Listener | undefined {
  return existsSync('/proc/net/tcp') ? findInProc(port) : findByLsof(port);
}

const LISTEN = '0A';

function findInProc(port: number): Listener | undefined {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    if (!existsSync(table)) continue;
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      if (columns[1]?.endsWith(`:${hexPort}`) && columns[3] === LISTEN) inodes.add(`socket:[${columns[9]}]`);
    }
  }
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(readLink(`/proc/${pid}/fd/${fd}`))))
        continue;
      return { pid: Number(pid), command: shorten(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')) };
    } catch {
      // gone meanwhile, or somebody else's
    }
  }
  return undefined;
}

/** What a link points to; nothing when it is gone meanwhile, as descriptors of a busy process are. */
function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** `/usr/bin/node --require /a/hook.cjs /b/start.ts --json` -> `node start.ts` */
function shorten([program = '', ...rest]: string[]): string {
  const script = rest.findLast((argument) => /^[^-].*\.[cm]?[jt]s$/.test(argument));
  return [program, ...(script ? [script] : [])].map((path) => path.split('/').pop()).join(' ');
}

function findByLsof(port: number): Listener | undefined {
  try {
    const text = execFileSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { encoding: 'utf8' });
    const pid = /^p(\d+)$/m.exec(text)?.[1];
    const command = /^c(.+)$/m.exec(text)?.[1];
    return pid ? { pid: Number(pid), command: command ?? 'another program' } : undefined;
  } catch {
    return undefined;
  }
}
