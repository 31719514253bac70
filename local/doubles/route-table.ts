import type { HttpReply, HttpRequest } from './http-messages';

export type RouteHandler = (request: HttpRequest) => HttpReply | Promise<HttpReply>;

/** One endpoint. `pattern` is like `/v1/refunds/{id}/cancel`: a `{name}` stands for one path segment. */
export interface Route {
  method: string;
  pattern: string;
  handle: RouteHandler;
}

export interface RouteMatch {
  route: Route;
  params: Record<string, string>;
}

/**
 * Finds the route of a request. Literal segments win over `{name}`, so `/v1/payment_intents/search` may be
 * listed before or after `/v1/payment_intents/{id}`.
 * @returns the match; or `wrong-method` when the path exists with other methods; or `none`.
 */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): RouteMatch | 'wrong-method' | 'none' {
  let best: RouteMatch | undefined;
  let pathExists = false;
  const given = splitPath(path);
  for (const route of routes) {
    const params = matchSegments(segmentsOf(route.pattern), given);
    if (!params) continue;
    pathExists = true;
    if (route.method !== method) continue;
    if (!best || Object.keys(params).length < Object.keys(best.params).length) best = { route, params };
  }
  return best ?? (pathExists ? 'wrong-method' : 'none');
}

/**
 * Matches a path against a pattern: `{name}` takes one segment, a last `*` takes the rest (also nothing).
 * @returns the named segments (decoded; an object without prototype), or undefined when it does not match.
 */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  return matchSegments(segmentsOf(pattern), splitPath(path));
}

const patterns = new Map<string, readonly string[]>();

/** A pattern's segments; patterns are few and asked for with every request. */
function segmentsOf(pattern: string): readonly string[] {
  const segments = patterns.get(pattern) ?? pattern.split('/');
  patterns.set(pattern, segments);
  return segments;
}

const splitPath = (path: string): string[] => path.replace(/(?<=.)\/+$/, '').split('/');

function matchSegments(
  wanted: readonly string[],
  given: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = Object.create(null);
  for (const [index, want] of wanted.entries()) {
    if (want === '*' && index === wanted.length - 1) return params;
    const segment = given[index];
    if (segment === undefined) return undefined;
    if (want.startsWith('{') && want.endsWith('}')) {
      const value = decodeSegment(segment);
      if (!value) return undefined;
      params[want.slice(1, -1)] = value;
    } else if (want !== segment) return undefined;
  }
  return given.length === wanted.length ? params : undefined;
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
