import { createHash } from 'node:crypto';
import { forgetCookie, hostCookie, SESSION_COOKIE } from '#shared/identity/session-cookie';
import {
  csrfTokenOf,
  hashSessionToken,
  isSessionToken,
  makeSessionToken,
} from '#shared/identity/session-token';

test('tokens are recognisable, of 256 random bits, and never the same', () => {
  const tokens = Array.from({ length: 1_000 }, makeSessionToken);
  expect(new Set(tokens).size).toBe(1_000);
  for (const token of tokens) {
    expect(isSessionToken(token)).toBe(true);
    expect(Buffer.from(token.slice(4), 'base64url')).toHaveLength(32);
  }
});

test.each([
  '',
  'tdm_',
  `tdm_${'A'.repeat(42)}`,
  `tdm_${'A'.repeat(44)}`,
  `TDM_${'A'.repeat(43)}`,
  `tdm_${'A'.repeat(42)}=`,
  `tdm_${'A'.repeat(43)}\n`,
  'eyJhbGciOiJIUzI1NiJ9.e30.x',
])('%j has not the form of a token', (text) => {
  expect(isSessionToken(text)).toBe(false);
});

test('the hash is SHA-256 of the whole token', () => {
  const token = makeSessionToken();
  expect(hashSessionToken(token)).toEqual(createHash('sha256').update(token).digest());
});

test('the CSRF token is fixed by the session token and gives nothing of it away', () => {
  const token = makeSessionToken();
  expect(csrfTokenOf(token)).toBe(csrfTokenOf(token));
  expect(csrfTokenOf(token)).not.toBe(csrfTokenOf(makeSessionToken()));
  expect(csrfTokenOf(token)).toMatch(/^[\w-]{43}$/);
  expect(csrfTokenOf(token)).not.toBe(hashSessionToken(token).toString('base64url'));
  expect(token).not.toContain(csrfTokenOf(token));
});

test('cookies carry every attribute that __Host- asks for', () => {
  const set = hostCookie(SESSION_COOKIE, 'x', 60);
  for (const part of ['Max-Age=60', 'Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax'])
    expect(set).toContain(part);
  expect(set).not.toMatch(/domain/i);
  expect(forgetCookie(SESSION_COOKIE)).toContain(`${SESSION_COOKIE}=; Max-Age=0`);
});
