import type { RouteModel } from '../assembly/model';

export type ResourceMatch = { route: RouteModel; pathParameters: Record<string, string> | null };

/**
 * Finds the method for a request as API Gateway does: the most specific resource first (a literal
 * segment before `{name}` before `{name+}`), and only then its methods. A resource without the method is
 * no match, even where a less specific one has it.
 *
 * @param path the path as sent, still percent-encoded; a trailing slash does not count
 */
export function matchResource(routes: RouteModel[], method: string, path: string): ResourceMatch | undefined {
  const segments = path.replace(/^\/+/, '').replace(/\/+$/, '').split('/');
  let best: { score: string; resourcePath: string; parameters: Record<string, string> } | undefined;
  for (const resourcePath of new Set(routes.map((route) => route.resourcePath))) {
    const found = matchPath(resourcePath, segments);
    if (found && (!best || found.score > best.score)) best = { ...found, resourcePath };
  }
  if (!best) return undefined;
  const { resourcePath, parameters } = best;
  const methods = routes.filter((route) => route.resourcePath === resourcePath);
  const route =
    methods.find((candidate) => candidate.method === method) ??
    methods.find((candidate) => candidate.method === 'ANY');
  if (!route) return undefined;
  return { route, pathParameters: Object.keys(parameters).length > 0 ? parameters : null };
}

/** Score: a letter for each segment that sorts by how specific it is (c literal, b parameter, a greedy). */
function matchPath(
  resourcePath: string,
  segments: string[],
): { score: string; parameters: Record<string, string> } | undefined {
  const parts = resourcePath.replace(/^\//, '').split('/');
  const parameters: Record<string, string> = {};
  let score = '';
  for (const [index, part] of parts.entries()) {
    const segment = segments[index];
    const greedy = /^\{(.+)\+\}$/.exec(part)?.[1];
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (segment === undefined) return undefined;
    if (greedy) {
      const rest = segments.slice(index).join('/');
      if (rest === '') return undefined;
      parameters[greedy] = decode(rest);
      return { score: `${score}a`, parameters };
    }
    if (name) {
      if (segment === '') return undefined;
      parameters[name] = decode(segment);
      score += 'b';
    } else if (part === segment) {
      score += 'c';
    } else {
      return undefined;
    }
  }
  return parts.length === segments.length ? { score, parameters } : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
