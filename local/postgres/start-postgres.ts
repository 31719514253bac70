import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { findPostgresInstallation } from './binaries';
import { initialisePostgres, LOCAL_PASSWORD } from './initialise-postgres';
import { chooseRunAs, makePrivateFolder, type RunAs, reachableFolder, reachablePrograms } from './run-as';
import { stopStalePostgres } from './stop-stale-postgres';

/** The superuser of the cluster, named as in a Supabase project, where `postgres` is none. */
export const SUPERUSER = 'supabase_admin';

export type StartPostgresOptions = {
  /** Folder for the cluster; made and initialised when it is empty. */
  dataDir: string;
  /** Port on 127.0.0.1. */
  port: number;
  /** false skips fsync: a killed server still keeps every commit, a power cut may not. Default true. */
  durable?: boolean;
  /** Further `name=value` settings. */
  settings?: string[];
  /** Receives what the server writes, line by line. */
  onLog?: (line: string) => void;
  /** Told when the server ends although nobody here has ended it. */
  onDeath?: () => void;
};

/** A running Postgres server. */
export type Postgres = {
  port: number;
  /** Where the cluster really lies: not always the wanted folder, see `reachableFolder`. */
  dataDir: string;
  /** Process id of the postmaster. */
  pid: number;
  /** `postgres://` address for the superuser or another role, with its local password. */
  url: (role?: string, database?: string) => string;
  /** Resolves when the process is gone, whatever the reason. */
  exited: Promise<void>;
  /** Fast shutdown: open sessions are ended, everything is on disk afterwards. */
  stop: () => Promise<void>;
  /** kill -9, for fault tests. The next start recovers from the write-ahead log. */
  kill: () => Promise<void>;
};

/** The password of a role in the local cluster: the well-known one, or for service roles their own name. */
export function localPassword(role: string): string {
  return role === SUPERUSER || role === 'postgres' ? LOCAL_PASSWORD : role;
}

/** The server reads this pipe's end as "the runner is gone" and shuts down, even after kill -9 of the runner. */
const UNTIL_PARENT_DIES = '(cat <&3; kill -INT $$) >/dev/null 2>&1 & exec "$@" 3<&-';

/**
 * Starts a real Postgres on 127.0.0.1, initialising `dataDir` on first use. Works for root (the server
 * then runs as an account without rights) and for ordinary users.
 */
export async function startPostgres(options: StartPostgresOptions): Promise<Postgres> {
  const runAs = chooseRunAs(options.dataDir);
  const programs = reachablePrograms(findPostgresInstallation().root, runAs);
  const dataDir = reachableFolder(options.dataDir, runAs);
  makePrivateFolder(dataDir, runAs);
  if (existsSync(join(dataDir, 'PG_VERSION'))) await stopStalePostgres(dataDir);
  else await initialisePostgres(programs, dataDir, SUPERUSER, runAs);

  const child = launch(programs, dataDir, options, runAs);
  const output = collectOutput(child, options.onLog);
  const exited = once(child, 'exit').then(() => void child.stdio[3]?.destroy()); // ends the watcher, too
  const url = (role = SUPERUSER, database = 'postgres') =>
    `postgres://${role}:${localPassword(role)}@127.0.0.1:${options.port}/${database}`;
  await untilReady(url(), exited, output);
  let isWanted = true;
  void exited.then(() => isWanted && options.onDeath?.());

  const end = async (signal: NodeJS.Signals) => {
    isWanted = false;
    child.kill(signal);
    await exited;
  };
  return {
    port: options.port,
    dataDir,
    pid: child.pid ?? 0,
    url,
    exited,
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
  };
}

function launch(
  programs: string,
  dataDir: string,
  options: StartPostgresOptions,
  runAs: RunAs,
): ChildProcess {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'wal_level=logical',
    'max_connections=200',
    'max_wal_senders=10',
    'max_replication_slots=10',
    'max_slot_wal_keep_size=1GB', // a slot that nobody reads may not fill the disk
    'search_path="$user", public, extensions', // as hosted
    'timezone=UTC',
    'log_min_messages=warning',
    ...(options.durable === false ? ['fsync=off', 'full_page_writes=off'] : []),
    ...(options.settings ?? []),
  ].flatMap((setting) => ['-c', setting]);
  const command = [join(programs, 'bin', 'postgres'), '-D', dataDir, '-p', String(options.port), ...settings];
  // Its own session, so that Ctrl-C in the terminal reaches only the runner, which then stops things in order.
  return spawn('/bin/sh', ['-c', UNTIL_PARENT_DIES, 'postgres', ...command], {
    ...runAs,
    cwd: dataDir,
    detached: true,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
}

function collectOutput(child: ChildProcess, onLog?: (line: string) => void): string[] {
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter(Boolean)) {
        last.push(line);
        if (last.length > 50) last.shift();
        onLog?.(line);
      }
    });
  }
  return last;
}

async function untilReady(url: string, exited: Promise<void>, output: string[]): Promise<void> {
  let gone = false;
  void exited.then(() => {
    gone = true;
  });
  const until = Date.now() + 30_000;
  while (!gone && Date.now() < until) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await sleep(15);
    }
  }
  throw new Error(`Postgres did not start${gone ? '' : ' within 30 s'}:\n${output.slice(-10).join('\n')}`);
}
