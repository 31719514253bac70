import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, parse } from 'node:path';

/** The operating-system user that Postgres runs as; undefined = the one who runs this process. */
export type RunAs = { uid: number; gid: number } | undefined;

/**
 * Postgres refuses to run as root. An ordinary user runs it as himself; root lends it an existing
 * account without rights, so that nothing on the system has to be changed.
 */
export function chooseRunAs(dataDir: string): RunAs {
  if (process.getuid?.() !== 0) return undefined;
  if (existsSync(dataDir)) {
    const owner = statSync(dataDir);
    if (owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const found = lookUp(name);
    if (found) return found;
  }
  return { uid: 65534, gid: 65534 };
}

function lookUp(name: string): RunAs {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

/** Whether `runAs` may enter `folder`, that is every folder on the way carries the right x bit. */
export function isReachable(folder: string, runAs: RunAs): boolean {
  if (!runAs) return true;
  for (let path = folder; path !== parse(path).root; path = dirname(path)) {
    if (!existsSync(path)) continue;
    const { uid, gid, mode } = statSync(path);
    const bit = uid === runAs.uid ? 0o100 : gid === runAs.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
  }
  return true;
}

/**
 * A folder like `wanted` that `runAs` can reach: `wanted` itself, or, when the repository lies under
 * /root (mode 0700), a folder of the same identity in /var/tmp. The folder that holds `wanted` is ours and
 * may be passed through: temporary folders are made closed.
 */
export function reachableFolder(wanted: string, runAs: RunAs): string {
  const parent = dirname(wanted);
  if (runAs && existsSync(parent) && isReachable(dirname(parent), runAs)) {
    chmodSync(parent, statSync(parent).mode | 0o011);
  }
  if (isReachable(parent, runAs)) return wanted;
  const base = existsSync('/var/tmp') ? '/var/tmp' : tmpdir();
  const identity = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  return join(base, `tandem-postgres-${identity}`);
}

/** Makes `folder` private to `runAs` (Postgres insists on mode 0700). */
export function makePrivateFolder(folder: string, runAs: RunAs): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  if (runAs) chownSync(folder, runAs.uid, runAs.gid);
}

/** The Postgres programs, copied once for each version to a place that `runAs` can reach when they are not. */
export function reachablePrograms(root: string, runAs: RunAs): string {
  if (isReachable(root, runAs)) return root;
  const { version } = JSON.parse(readFileSync(join(root, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = `${reachableFolder(root, runAs)}-programs-${version}`;
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}-${process.pid}`;
  cpSync(root, unfinished, { recursive: true, verbatimSymlinks: true });
  chmodSync(unfinished, 0o755);
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    if (!existsSync(copy)) throw error; // another start may have been first
  }
  return copy;
}
