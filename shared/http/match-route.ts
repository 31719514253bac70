import { normalisePath } from '#shared/http/normalise-path';
import type { Contract, Route } from '#shared/kernel/route';

export type RouteMatch =
  | {
      readonly kind: 'found';
      readonly id: string;
      readonly route: Route;
      readonly params: Record<string, string>;
    }
  | { readonly kind: 'wrong_method'; readonly allow: readonly string[] }
  | { readonly kind: 'none' };

interface CompiledRoute {
  readonly id: string;
  readonly route: Route;
  readonly segments: readonly string[];
}

/**
 * Compiles a contract once per process. Fixed segments win over parameters: `/events/replay` before `/events/{id}`. HEAD is
 * served where GET is (RFC 9110, 9.3.2), unless GET sends the browser on: those routes redeem what they are given, and
 * whoever only looks at a link must not use it up.
 */
export const compileRoutes = (contract: Contract): ((method: string, path: string) => RouteMatch) => {
  const compiled = Object.entries(contract)
    .map(([id, route]): CompiledRoute => ({ id, route, segments: route.path.split('/').slice(1) }))
    .sort((a, b) => parameterCount(a) - parameterCount(b));

  return (method, path) => {
    const normalised = normalisePath(path);
    if (normalised === null) return { kind: 'none' };
    const segments = normalised.split('/').slice(1);
    const allow: string[] = [];
    for (const candidate of compiled) {
      const params = matchSegments(candidate.segments, segments);
      if (params === null) continue;
      const served = methodsOf(candidate.route);
      if (served.includes(method)) return { kind: 'found', id: candidate.id, route: candidate.route, params };
      allow.push(...served);
    }
    return allow.length > 0 ? { kind: 'wrong_method', allow } : { kind: 'none' };
  };
};

const methodsOf = ({ method, success }: Route): readonly string[] =>
  method === 'GET' && success.status !== 303 ? ['GET', 'HEAD'] : [method];

const parameterCount = (route: CompiledRoute): number =>
  route.segments.filter((s) => s.startsWith('{')).length;

const matchSegments = (
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | null => {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index] ?? '';
    if (expected.startsWith('{')) params[expected.slice(1, -1)] = actual;
    else if (expected !== actual.toLowerCase()) return null;
  }
  return params;
};
