/** `npm run reset`: forgets all local state: database, queue, mails, provider doubles. Code and caches stay. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvFile, stateDirOf } from './paths';
import { chooseRunAs, reachableFolder } from './postgres/run-as';
import { stopStalePostgres } from './postgres/stop-stale-postgres';
import { lockState } from './state/lock';

/** Made from the sources alone, so a reset need not throw it away. */
const CACHES = ['assembly', 'lock'];

async function main(): Promise<void> {
  loadEnvFile();
  const stateDir = stateDirOf(process.env);
  const lock = lockState(stateDir); // refuses while Tandem runs
  const dataDir = join(stateDir, 'postgres');
  const realDataDir = reachableFolder(dataDir, chooseRunAs(dataDir));
  if (existsSync(realDataDir)) await stopStalePostgres(realDataDir);
  rmSync(realDataDir, { recursive: true, force: true });
  for (const name of readdirSync(stateDir)) {
    if (!CACHES.includes(name)) rmSync(join(stateDir, name), { recursive: true, force: true });
  }
  lock.release();
  process.stdout.write(`Local state in ${stateDir} is gone. \`npm start\` begins anew.\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
