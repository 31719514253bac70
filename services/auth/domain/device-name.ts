type Pattern = readonly [RegExp, string];

// The first that fits names it: every browser claims to be its predecessors as well.
const BROWSERS: readonly Pattern[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+.* Safari\//, 'Safari'],
];

const SYSTEMS: readonly Pattern[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac(?:intosh| OS X)\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/** `curl/8.5.0`, `okhttp/4.12.0`, `MyApp/2.1`: programs that name themselves. */
const PROGRAM = /^([A-Za-z][\w.-]{0,39})\/\d/;

/**
 * What a person would call the device behind a user agent, such as `Firefox on Windows`. A guess for the owner's eyes, from
 * words that the client chose itself: nothing may be decided by it.
 */
export const deviceName = (userAgent: string | null): string => {
  if (userAgent === null) return 'Unknown device';
  const browser = find(BROWSERS, userAgent);
  const system = find(SYSTEMS, userAgent);
  if (browser !== null && system !== null) return `${browser} on ${system}`;
  const program = PROGRAM.exec(userAgent)?.[1];
  return browser ?? system ?? (program === undefined || program === 'Mozilla' ? 'Unknown device' : program);
};

const find = (patterns: readonly Pattern[], text: string): string | null =>
  patterns.find(([pattern]) => pattern.test(text))?.[1] ?? null;
