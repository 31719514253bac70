import { cacheFolder } from '../assembly/cache-folder';
import type { Assembly } from '../assembly/model';
import { readAssembly } from '../assembly/read-assembly';
import type { Surroundings } from '../assembly/surroundings';
import { synthesize } from '../assembly/synthesize';
import type { Log } from '../log/log';

/**
 * Makes or finds the assembly; reading it has to wait until the addresses of the local parts are known.
 *
 * @param given an assembly to take as it is
 */
export async function loadAssembly(
  root: string,
  stateDir: string,
  given: string | undefined,
  siteUrl: string | undefined,
  log: Log,
): Promise<(surroundings: Surroundings) => Assembly> {
  const startedAt = performance.now();
  const announce = () =>
    log('step', 'making functions and template out of the sources, which later starts take from the cache');
  const { dir, fresh } =
    given === undefined
      ? await synthesize(root, cacheFolder(root, stateDir), siteUrl, announce)
      : { dir: given, fresh: false };
  if (fresh) log('step', 'CDK app synthesized', { ms: Math.round(performance.now() - startedAt) });
  return (surroundings) => readAssembly(dir, surroundings);
}
