import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { relayOutput } from '../log/relay-output';
import type { SupabaseConfig, SupabaseReady } from './supabase-config';

export type Supabase = {
  url: string;
  pid: number;
  close: () => Promise<void>;
};

/**
 * Starts Supabase (Auth and Data API) in a process of its own and waits until it listens.
 *
 * @param onDeath told when it ends although nobody here has ended it
 */
export async function startSupabase(
  config: SupabaseConfig,
  onOutput: (line: string) => void,
  onDeath: () => void = () => undefined,
): Promise<Supabase> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'supabase-process.ts')], {
    cwd: join(__dirname, '..', '..'),
    detached: true, // Ctrl-C reaches the runner alone, which ends it last
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DO_NOT_TRACK: '1',
      LITE_TELEMETRY: '0',
      EXPERIMENTAL_STORAGE: '1',
      TANDEM_SUPABASE: JSON.stringify(config),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const last = relayOutput(child, onOutput);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const { port } = await new Promise<SupabaseReady>((resolve, reject) => {
    child.once('message', (message) => resolve(message as SupabaseReady));
    child.once('error', reject);
    void exited.then(() => reject(new Error(`Supabase did not start:\n${last.join('\n')}`)));
  });
  let isWanted = true;
  void exited.then(() => isWanted && onDeath());
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    close: async () => {
      isWanted = false;
      child.kill('SIGKILL');
      await exited;
    },
  };
}
