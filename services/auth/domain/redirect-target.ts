/** Where people may be sent after signing in. */
export interface RedirectRules {
  /** Every page of its origin below its path is allowed, and it is where to go when nothing else was asked for. */
  readonly siteUrl: string;
  /** Further addresses: exact ones, or with `/*` at the end all below. */
  readonly redirectUrls: readonly string[];
}

/** No control character, space or backslash: browsers drop or turn them, and then read another address than we do. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]{1,2048}$/;

/**
 * The address to send somebody to: what was asked for, in its normal form, if the rules allow it, else null. A path, such as
 * `/account?tab=1`, means a page of the site. What is returned is what was compared, so that no spelling can mean one
 * address here and another in the browser.
 */
export const redirectTarget = (asked: string | undefined, rules: RedirectRules): string | null => {
  const site = new URL(rules.siteUrl);
  if (asked === undefined) return site.href;
  if (!PLAIN.test(asked)) return null;
  if (asked.startsWith('//')) return null;
  const isPath = asked.startsWith('/');
  if (!isPath && !/^[a-z][a-z0-9+.-]*:\/\//i.test(asked)) return null;
  const url = isPath ? URL.parse(asked, site.href) : URL.parse(asked);
  if (url === null || url.username !== '' || url.password !== '') return null;
  const allowed = [`${site.href.replace(/\/+$/, '')}/*`, ...rules.redirectUrls];
  return allowed.some((rule) => matches(url, rule)) ? url.href : null;
};

const matches = (url: URL, rule: string): boolean => {
  const below = rule.endsWith('/*');
  const allowed = URL.parse(below ? rule.slice(0, -1) : rule);
  if (allowed === null || url.protocol !== allowed.protocol || url.host !== allowed.host) return false;
  if (!below) return url.pathname === allowed.pathname;
  return url.pathname.startsWith(allowed.pathname) || `${url.pathname}/` === allowed.pathname;
};

/** An address with further parameters in its query. */
export const withQuery = (address: string, added: Readonly<Record<string, string>>): string => {
  const url = new URL(address);
  for (const [name, value] of Object.entries(added)) url.searchParams.set(name, value);
  return url.href;
};
