import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chooseRunAs, reachableFolder } from '../postgres/run-as';
import { stopStalePostgres } from '../postgres/stop-stale-postgres';

/** What a run leaves in its state folder: folders, and files with what is written beside them. */
const STATE =
  /^(?:bundles|logs|postgres|runtime|storage|run\.json|(?:mail\.jsonl|paypal\.json|paypal-pki\.json|queue\.sqlite|realtime\.json|stripe\.json)(?:[.-].*)?)$/;

/** Made from the sources alone, so a reset need not throw it away. */
const KEPT = ['assembly', 'lock'];

/**
 * Removes what runs have left in a state folder, and nothing else: TANDEM_STATE_DIR may name a folder that holds more. Call it only
 * while holding the lock on the folder.
 *
 * @returns the names of what is not Tandem's and was left alone
 */
export async function resetState(stateDir: string): Promise<string[]> {
  const dataDir = join(stateDir, 'postgres');
  const realDataDir = reachableFolder(dataDir, chooseRunAs(dataDir));
  if (existsSync(realDataDir)) await stopStalePostgres(realDataDir);
  rmSync(realDataDir, { recursive: true, force: true });
  const left: string[] = [];
  for (const name of readdirSync(stateDir)) {
    if (STATE.test(name)) rmSync(join(stateDir, name), { recursive: true, force: true });
    else if (!KEPT.includes(name)) left.push(name);
  }
  return left;
}
