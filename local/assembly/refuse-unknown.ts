import { KNOWN_RESOURCES, type Known, type Properties } from './known-resources';
import type { Stack } from './template';

/**
 * Stops a start that would leave something of a template out without a word: a resource type or a property that the runner neither
 * reads nor has a reason to leave out, or a value that it does not act on.
 *
 * @throws Error that names all of them
 */
export function refuseUnknown(stacks: readonly Stack[]): void {
  const unknown = stacks.flatMap(({ template }) =>
    Object.entries(template.Resources ?? {}).flatMap(([logicalId, { Type, Properties = {} }]) => {
      const known = KNOWN_RESOURCES[Type];
      if (known === undefined) return [`${logicalId} (${Type})`];
      if (typeof known === 'string') return [];
      return unknownIn(Properties, known).map((what) => `${logicalId} (${Type}): ${what}`);
    }),
  );
  if (unknown.length === 0) return;
  const list = [...new Set(unknown)].map((line) => `  ${line}`).join('\n');
  throw new Error(
    `The template has what the local runner would leave out:\n${list}\nTeach it to the runner, or say in local/assembly/known-resources.ts why it makes no difference here.`,
  );
}

function unknownIn(value: object, known: Properties): string[] {
  return Object.entries(value).flatMap(([name, content]) => {
    const about = known[name];
    return about === undefined ? [name] : unknownOf(name, content, about);
  });
}

function unknownOf(name: string, content: unknown, about: Known): string[] {
  if ('only' in about) return String(content) === about.only ? [] : [`${name} ${JSON.stringify(content)}`];
  if (!('within' in about)) return [];
  return [content]
    .flat()
    .flatMap((item) => unknownIn(item as object, about.within).map((what) => `${name}.${what}`));
}
