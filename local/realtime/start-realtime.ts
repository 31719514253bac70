import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { relayOutput } from '../log/relay-output';
import type { RealtimeConfig, RealtimeReady } from './realtime-config';

/** The Realtime server in a process of its own. */
export type Realtime = {
  /** Stays the same over restarts. */
  port: number;
  pid: () => number;
  /** Stops it in order and starts it again: nobody who was subscribed misses anything. */
  restart: () => Promise<void>;
  /** kill -9, for fault tests; `restart` brings it back. */
  kill: () => Promise<void>;
  /** Ends it with the whole stack. The slot stays with the database. */
  close: () => Promise<void>;
};

/** A stop in order takes this long at most, in milliseconds. */
const STOP_MS = 5_000;

/**
 * Starts Realtime and waits until it listens.
 *
 * @param onDeath told when it ends although nobody here has ended it
 */
export async function startRealtime(
  config: RealtimeConfig,
  onOutput: (line: string) => void,
  onDeath: () => void = () => undefined,
): Promise<Realtime> {
  const unwanted = new WeakSet<ChildProcess>();
  const start = async (wanted: RealtimeConfig): Promise<Launched> => {
    const launched = await launch(wanted, onOutput);
    void launched.exited.then(() => unwanted.has(launched.child) || onDeath());
    return launched;
  };
  let running = await start(config);
  const { port } = running;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    const { child, exited } = running;
    unwanted.add(child);
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(timer);
  };
  return {
    port,
    pid: () => running.child.pid ?? 0,
    restart: async () => {
      await stop('SIGTERM');
      running = await start({ ...config, port });
    },
    kill: () => stop('SIGKILL'),
    close: async () => {
      await stop('SIGTERM');
      // Who was subscribed goes away with the stack: the next start waits for nobody.
      rmSync(config.rosterFile, { force: true });
    },
  };
}

type Launched = { child: ChildProcess; exited: Promise<unknown>; port: number };

async function launch(config: RealtimeConfig, onOutput: (line: string) => void): Promise<Launched> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'realtime-process.ts')], {
    cwd: join(__dirname, '..', '..'),
    detached: true, // Ctrl-C reaches the runner alone, which ends it last
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TANDEM_REALTIME: JSON.stringify(config) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const last = relayOutput(child, onOutput);
  const exited = once(child, 'exit');
  const { port } = await new Promise<RealtimeReady>((resolve, reject) => {
    child.once('message', (message) => resolve(message as RealtimeReady));
    child.once('error', reject);
    void exited.then(() => reject(new Error(`Realtime did not start:\n${last.join('\n')}`)));
  });
  return { child, exited, port };
}
