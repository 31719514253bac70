import { readSiteUrl } from '../../local/parts/read-site-url';

test.each([
  [undefined, undefined],
  ['', undefined],
  ['http://localhost:5173', 'http://localhost:5173'],
  ['http://localhost:5173/', 'http://localhost:5173'],
  ['https://shop.test/app/', 'https://shop.test/app'],
])('SITE_URL=%s is the site %s', (given, expected) => {
  expect(readSiteUrl({ SITE_URL: given })).toBe(expected);
});

test.each(['localhost:5173', 'ftp://localhost', '/app'])(
  'SITE_URL=%s is refused with an example',
  (given) => {
    expect(() => readSiteUrl({ SITE_URL: given })).toThrow(
      `SITE_URL must be an address such as http://localhost:5173, not "${given}".`,
    );
  },
);
