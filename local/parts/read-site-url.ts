/**
 * The site that SITE_URL names, without a slash at its end; undefined where it names none.
 *
 * @throws Error for what is no address of a site
 */
export function readSiteUrl(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = env.SITE_URL;
  if (!given) return undefined;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new Error(`SITE_URL must be an address such as http://localhost:5173, not "${given}".`);
  return url.href.replace(/\/$/, '');
}
