/** Another way to write a path. */
export interface PathVariant {
  readonly name: string;
  readonly write: (path: string) => string;
}

const variant = (name: string, write: (path: string) => string): PathVariant => ({ name, write });

const hex = (letter: string): string => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;

const lastSlash = (path: string, by: string): string =>
  path.replace(/\/([^/]*)$/, (_all, last: string) => by + last);

const behind = [
  ...[
    '/',
    '//',
    '///',
    '/.',
    '/..',
    '/./',
    '/../',
    '/%2e',
    '/%2e%2e',
    '/..;',
    '/;',
    ';',
    ';x=y',
    ';/',
    '%3b',
  ],
  ...[
    '%3bx=y',
    '\\',
    '%5c',
    '%2f',
    '%2F',
    '%252f',
    '%00',
    '%2500',
    '%09',
    '%0a',
    '%0d%0aX-A:1',
    '%20',
    '+',
    '.',
  ],
  ...[
    '.json',
    '.css',
    '~',
    '*',
    '%',
    '%zz',
    '%u002f',
    '%c0%af',
    '%ef%bc%8f',
    '%e2%80%8b',
    '%ef%bb%bf',
    '\u00e9',
  ],
  ...[
    '?',
    '??',
    '?x=1?y=2',
    '?/../',
    '#',
    '#x',
    '%23',
    '%3f',
    '%3fx=1',
    '&',
    '&x=1',
    ':80',
    '@x',
    '{proxy+}',
    '!',
  ],
].map((end) => variant(`${end} behind`, (path) => path + end));

const before = [
  ...[
    '/',
    '//',
    '/.',
    '/./',
    '/..',
    '/x/..',
    '/%2e',
    '/%2e%2e',
    '/;',
    '/;x',
    '\\',
    '/%2f',
    '/api/..',
    '/API/../',
  ],
  ...[
    '/dev',
    '/prod',
    'http://api.tandem.test',
    'HTTPS://api.tandem.test:443',
    'http://attacker.test',
    '//evil',
  ],
  ...[
    '/api/health/..',
    '/api/health/../..',
    '/api/payments/webhook/stripe/..',
    '/api/auth/csrf-token/..;',
    '%2f',
  ],
].map((start) => variant(`${start} before`, (path) => start + path));

const within = [
  variant('as it is', (path) => path),
  variant('double slashes', (path) => path.replaceAll('/', '//')),
  variant('in capitals', (path) => path.toUpperCase()),
  variant('a capital', (path) => path.replace(/[a-z](?=[^/]*$)/, (letter) => letter.toUpperCase())),
  variant('an encoded letter', (path) => path.replace(/[a-z](?=[^/]*$)/, hex)),
  variant('encoded letters', (path) => path.replace(/[a-z]/g, hex)),
  variant('encoded dashes and dots', (path) => path.replace(/[-.]/g, hex)),
  variant('a letter encoded twice', (path) =>
    path.replace(/[a-z](?=[^/]*$)/, (one) => hex(one).replace('%', '%25')),
  ),
  ...[
    '%2f',
    '%2F',
    '%252f',
    '\\',
    '%5c',
    '/./',
    '/../',
    '/..;/',
    ';/',
    '/;/',
    '/%2e/',
    '/%00/',
    '%00/',
    '%20/',
  ].map((by) => variant(`${by} for the last slash`, (path) => lastSlash(path, by))),
  variant('other letters', (path) => path.replace(/a/g, '%d0%b0')),
  variant('wide letters', (path) => path.replace(/p/g, '%ef%bd%90')),
  variant('a sign that folds to s', (path) => path.replace(/s/g, '%c5%bf')),
  variant('a soft hyphen', (path) => path.replace(/[a-z](?=[^/]*$)/, (letter) => `${letter}%c2%ad`)),
  variant('there and back', (path) => path.replace(/\/([^/]+)$/, '/$1/../$1')),
  variant('very long', (path) => path + '/'.repeat(7_000)),
];

/** What firewalls, proxies and frameworks have read differently. */
export const PATH_VARIANTS: readonly PathVariant[] = [...within, ...behind, ...before];
