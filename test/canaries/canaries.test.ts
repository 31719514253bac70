import { makeCanaries } from './canaries';

/** The search itself: what it does not find would be called clean. */
describe('a canary', () => {
  const canaries = makeCanaries();
  const value = canaries.plant('password', 'p');
  const email = canaries.plant('email', 'e');

  test.each<[string, (text: string) => string]>([
    ['plain', (text) => text],
    ['in capitals', (text) => text.toUpperCase()],
    ['percent-encoded', encodeURIComponent],
    ['in JSON in JSON', (text) => JSON.stringify(JSON.stringify({ text }))],
    ['in hexadecimal', (text) => Buffer.from(text).toString('hex')],
    ['in base64', (text) => Buffer.from(text).toString('base64')],
    ['in base64 of something longer', (text) => Buffer.from(`{"a":"${text}"}`).toString('base64')],
    ['in base64 a byte further', (text) => Buffer.from(`{"ab":"${text}"}`).toString('base64url')],
    ['in base64 two bytes further', (text) => Buffer.from(`{"abc":"${text}"}`).toString('base64')],
  ])('is found %s', (_how, disguise) => {
    expect(canaries.find(`a line with ${disguise(value)} in it`)).toMatchObject([{ kind: 'password' }]);
    expect(canaries.find(disguise(email))).toMatchObject([{ kind: 'email' }]);
  });

  test('is not found where it is not', () => {
    expect(canaries.find(JSON.stringify({ cnry: 1, email: 'ada@example.test' }))).toEqual([]);
  });

  test('is only the part of a token or secret that nobody can know', () => {
    const others = makeCanaries();
    others.keep('token', 't', `tdm_${'x'.repeat(43)}`);
    others.keep('token', 'j', `eyJhbGciOiJIUzI1NiJ9.${'p'.repeat(40)}.${'s'.repeat(43)}`);
    others.keep('secret', 's', `pi_1_secret_${'k'.repeat(24)}`);
    expect(others.find('tdm_ eyJhbGciOiJIUzI1NiJ9 pi_1')).toEqual([]);
    expect(others.find(`"${'s'.repeat(43)}"`)).toMatchObject([{ name: 'j' }]);
    expect(others.find(`"${'k'.repeat(24)}"`)).toMatchObject([{ name: 's' }]);
  });
});
