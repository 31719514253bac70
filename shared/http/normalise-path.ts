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

// Control characters, slashes that were encoded, path parameters (`;`), and what is left of a double encoding.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being refused
const FORBIDDEN = /[\u0000-\u001f\u007f/\\;%?#]/;

const decodeSegment = (segment: string): string | null => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
};
