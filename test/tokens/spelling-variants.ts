import type { Variant } from './draft';

const spelled = (name: string, spell: (token: string) => string): Variant => ({
  name,
  honest: false,
  change: (draft) => {
    const before = draft.spell;
    draft.spell = (token) => spell(before(token));
  },
});

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The last character of a part carries bits that mean nothing: another character, the same bytes. */
const looseBits = (token: string): string => {
  const last = ALPHABET.indexOf(token.at(-1) ?? '');
  return token.slice(0, -1) + (ALPHABET[last ^ 1] ?? '*');
};

const json = (token: string): string => {
  const [header, payload, signature] = token.split('.');
  return JSON.stringify({ protected: header, payload, signature });
};

const inserted = [' ', '\n', '\t', '\r\n', '\0', '\ufeff', '\u200b', '=', '%00', '+', '/', 'é', '𝄞'].flatMap(
  (text) => {
    const name = JSON.stringify(text);
    return [
      spelled(`${name} before`, (token) => text + token),
      spelled(`${name} behind`, (token) => token + text),
      spelled(`${name} within the header`, (token) => token.slice(0, 9) + text + token.slice(9)),
      spelled(`${name} within the signature`, (token) => token.slice(0, -9) + text + token.slice(-9)),
      spelled(`${name} before the dots`, (token) => token.replaceAll('.', `${text}.`)),
    ];
  },
);

/** How a token is written down. */
export const spellingVariants: readonly Variant[] = [
  { name: 'compact', honest: true, change: () => undefined },
  ...inserted,
  spelled('loose bits', looseBits),
  spelled('no signature', (token) => token.slice(0, token.lastIndexOf('.'))),
  spelled('an empty signature', (token) => token.slice(0, token.lastIndexOf('.') + 1)),
  spelled('a detached payload', (token) => token.replace(/\..+\./, '..')),
  spelled('no header', (token) => token.slice(token.indexOf('.'))),
  spelled('a dot before', (token) => `.${token}`),
  spelled('a dot behind', (token) => `${token}.`),
  spelled('four parts', (token) => `${token}.AAAA`),
  spelled('five parts, as if encrypted', (token) => `${token}.AAAA.AAAA`),
  spelled('within another token', (token) => `${Buffer.from(token).toString('base64url')}.e30.AAAA`),
  spelled('in base64 once more', (token) => Buffer.from(token).toString('base64url')),
  spelled('twice', (token) => token + token),
  spelled('twice, with a comma', (token) => `${token}, ${token}`),
  spelled('in quotes', (token) => `"${token}"`),
  spelled('with its scheme', (token) => `Bearer ${token}`),
  spelled('percent-encoded', (token) => token.replaceAll('.', '%2e')),
  spelled('in capitals', (token) => token.toUpperCase()),
  spelled('backwards', (token) => [...token].reverse().join('')),
  spelled('as JSON', json),
  spelled('very long', (token) => token + 'A'.repeat(9_000)),
  spelled('nothing', () => ''),
];
