import { readPendingSocial, writePendingSocial } from '../../services/auth/domain/pending-social';
import { redirectTarget, withQuery } from '../../services/auth/domain/redirect-target';

const RULES = {
  siteUrl: 'https://app.example.test/',
  redirectUrls: ['https://docs.example.test/welcome', 'https://other.example.test/in/*', 'tandem://callback'],
};

test.each([
  [undefined, 'https://app.example.test/'],
  ['/', 'https://app.example.test/'],
  ['/account?tab=1#top', 'https://app.example.test/account?tab=1#top'],
  ['/a/../b', 'https://app.example.test/b'],
  ['https://app.example.test', 'https://app.example.test/'],
  ['HTTPS://APP.EXAMPLE.TEST/x', 'https://app.example.test/x'],
  ['https://app.example.test:443/x', 'https://app.example.test/x'],
  ['https://docs.example.test/welcome?x=1', 'https://docs.example.test/welcome?x=1'],
  ['https://other.example.test/in/deep/er', 'https://other.example.test/in/deep/er'],
  ['https://other.example.test/in', 'https://other.example.test/in'],
  ['tandem://callback', 'tandem://callback'],
])('%s is allowed', (asked, target) => {
  expect(redirectTarget(asked, RULES)).toBe(target);
});

const HOSTILE = [
  ...[
    'https://evil.test',
    'https://evil.test/app.example.test',
    '//evil.test',
    '///evil.test',
    '////evil.test',
  ],
  ...[
    '/\\evil.test',
    '\\\\evil.test',
    '/\\/evil.test',
    'https:\\\\evil.test',
    'https://evil.test\\@app.example.test',
  ],
  ...['https:evil.test', 'https:/evil.test', 'http:app.example.test', 'https:app.example.test', 'evil.test'],
  ...[
    'https://app.example.test@evil.test',
    'https://app.example.test:x@evil.test/',
    'https://u:p@app.example.test/',
  ],
  ...['https://app.example.test.evil.test', 'https://evil-app.example.test', 'https://xapp.example.test'],
  ...[
    'https://app.example.test:444/',
    'http://app.example.test/',
    'ftp://app.example.test/',
    'ws://app.example.test/',
  ],
  ...['javascript:alert(1)', 'javascript://app.example.test/%0aalert(1)', 'data:text/html,x', 'vbscript:x'],
  ...[
    'blob:https://app.example.test/x',
    'view-source:https://app.example.test',
    'file:///etc/passwd',
    'about:blank',
  ],
  ...[
    '/\t/evil.test',
    '/\n/evil.test',
    ' https://evil.test',
    'https://evil.test ',
    '\u0000https://evil.test',
  ],
  ...[
    'https://app.example.test\u3002evil.test',
    'https://app．example.test',
    '\u2028//evil.test',
    '/\u0009/evil.test',
  ],
  ...[
    'https://app%2eexample.test.evil.test',
    'https://evil.test#@app.example.test',
    'https://evil.test?app.example.test',
  ],
  ...[
    'https://docs.example.test/',
    'https://docs.example.test/welcome/x',
    'https://docs.example.test/welcomex',
  ],
  ...[
    'https://other.example.test/',
    'https://other.example.test/inside',
    'https://other.example.test/in/../admin',
  ],
  ...[
    'https://other.example.test/in/%2e%2e/admin',
    'https://other.example.test/in/.%2E/admin',
    'tandem://callback2',
  ],
  ...[
    'tandem://evil',
    'tandem:callback',
    'xtandem://callback',
    'https://[::1]/',
    'https://',
    'https:',
    ':',
    '?',
    '#',
    '',
  ],
  ...[
    `https://app.example.test/${'x'.repeat(2_100)}`,
    'https://2130706433/',
    'https://app.example.test:99999/',
  ],
];

test.each(HOSTILE)('%j is not', (asked) => {
  expect(redirectTarget(asked, RULES)).toBeNull();
});

test('a site below a path keeps its people there', () => {
  const rules = { siteUrl: 'https://shared.example.test/app', redirectUrls: [] };
  expect(redirectTarget(undefined, rules)).toBe('https://shared.example.test/app');
  expect(redirectTarget('/app/account', rules)).toBe('https://shared.example.test/app/account');
  expect(redirectTarget('/other', rules)).toBeNull();
  expect(redirectTarget('/application', rules)).toBeNull();
});

test('a code is added to whatever the address has already', () => {
  const address = withQuery('https://app.example.test/x?tab=1#top', { auth_error: 'a&b' });
  expect(address).toBe('https://app.example.test/x?tab=1&auth_error=a%26b#top');
});

describe('the cookie of a pending sign-in', () => {
  const pending = { verifier: 'v'.repeat(43), target: 'https://app.example.test/ü?x=1' };

  test('reads as it was written', () => {
    const text = writePendingSocial(pending);
    expect(text).toMatch(/^[A-Za-z0-9_.-]+$/);
    expect(readPendingSocial(text)).toEqual(pending);
  });

  test.each([
    '',
    '.',
    'short.eA',
    `${'v'.repeat(43)}.`,
    `${'v'.repeat(43)}`,
    `${'v'.repeat(43)}.eA.eA`,
    `${'/'.repeat(43)}.eA`,
  ])('%j is nothing', (text) => {
    expect(readPendingSocial(text)).toBeNull();
  });
});
