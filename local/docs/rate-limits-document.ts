import { onLimiterFailure } from '#shared/kernel/limiter-failure';
import type { RateLimit, Route } from '#shared/kernel/route';
import { CONTRACTS } from './contracts';

/** The table of docs/rate-limits.md: every route with its limits, and what it does while calls cannot be counted. */
export const rateLimitsTable = (): string => {
  const rows = Object.values(CONTRACTS)
    .flatMap((contract) => Object.values(contract))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.method < b.method ? -1 : 1))
    .map((route) => [`${route.method} ${route.path}`, limitsOf(route), failureOf(route)]);
  return [['Route', 'Limits', 'Without counting'], ['---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
};

const limitsOf = ({ rateLimits }: Route): string => rateLimits.map(limitText).join(', ') || 'none';

const limitText = ({ per, limit, windowSeconds, counts }: RateLimit): string =>
  `${limit} in ${spanText(windowSeconds)} per ${per}${counts === 'failures' ? ' (failures)' : ''}`;

const spanText = (seconds: number): string =>
  seconds % 3_600 === 0
    ? `${seconds / 3_600} h`
    : seconds % 60 === 0
      ? `${seconds / 60} min`
      : `${seconds} s`;

const failureOf = (route: Route): string =>
  route.rateLimits.length === 0 ? '' : onLimiterFailure(route) === 'refuse' ? '**refuses**, 503' : 'goes on';

const BEGIN = '<!-- made by npm run docs -->';
const END = '<!-- end -->';

/** A page with its table made anew. */
export const withRateLimitsTable = (page: string): string => {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('docs/rate-limits.md lost its marks');
  return `${before}${BEGIN}\n\n${rateLimitsTable()}\n\n${END}${after}`;
};
