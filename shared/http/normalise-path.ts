/**
 * Brings every spelling of a path to one: percent-decoding (once), repeated slashes, a trailing slash, letter case of the
 * fixed `/api/...` part. Dot segments, encoded slashes and broken encodings are refused rather than resolved, so that no
 * spelling can mean one route to the gateway and another to us. Returns null for a path that no route can have.
 */
export const normalisePath = (path: string): string | null => {
  const segments: string[] = [];
  for (const raw of path.split('/')) {
    if (raw === '') continue;
    const segment = decodeSegment(raw);
    if (segment === null || segment === '.' || segment === '..' || FORBIDDEN.test(segment)) return null;
    segments.push(segment);
  }
  return `/${segments.join('/')}`;
};

// All but plain ASCII (no id of ours has more, and some of it turns into letters: the Kelvin sign is a small k), slashes that
// were encoded, path parameters (`;`), and what is left of a double encoding.
const FORBIDDEN = /[^\x20-\x7e]|[/\\;%?#]/;

const decodeSegment = (segment: string): string | null => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
};
