import { loadStacks } from './load-stacks';
import type { Assembly, SecretModel } from './model';
import { readApi } from './read-api';
import { readFunctions } from './read-functions';
import { readEventSources, readQueues } from './read-queues';
import { readSchedules } from './read-schedules';
import { refuseUnknown } from './refuse-unknown';
import { makeResolver, type Resolve } from './resolve-intrinsics';
import type { Surroundings } from './surroundings';
import { constructPath, resourcesOf, type Stack } from './template';

/**
 * Reads a synthesized assembly into the model that the local runner runs.
 *
 * @throws Error when it has what the runner would leave out
 */
export function readAssembly(assemblyDir: string, surroundings: Surroundings): Assembly {
  const stacks = loadStacks(assemblyDir);
  refuseUnknown(stacks);
  const resolve = makeResolver(stacks, surroundings);
  return {
    functions: readFunctions(stacks, resolve),
    api: readApi(stacks, resolve),
    queues: readQueues(stacks, resolve),
    eventSources: readEventSources(stacks, resolve),
    schedules: readSchedules(stacks, resolve),
    secrets: readSecrets(stacks, resolve),
  };
}

function readSecrets(stacks: Stack[], resolve: Resolve): SecretModel[] {
  return resourcesOf(stacks, 'AWS::SecretsManager::Secret').map((located) => {
    const keys = located.resource.Metadata?.['tandem:keys'];
    return {
      name: constructPath(located).split('/').pop() ?? located.logicalId,
      arn: String(resolve({ Ref: located.logicalId }, located.stack)),
      keys: Array.isArray(keys) ? keys.map(String) : [],
    };
  });
}
