import { randomBytes } from 'node:crypto';

/** What must not be found where it does not belong. */
export type CanaryKind =
  | 'password'
  | 'email'
  | 'token'
  | 'card'
  | 'secret'
  | 'signature'
  | 'code'
  | 'person'
  | 'junk';

/** A canary that was found, and how it was written there. */
export interface Sighting {
  readonly kind: CanaryKind;
  /** What it is of: `password of the sign-up`. */
  readonly name: string;
  readonly form: string;
}

/** Makes values that nobody else would write, remembers those of others, and recognises them in any common disguise. */
export interface Canaries {
  /** A new value. E-mail addresses are addresses, the rest is letters and digits. */
  readonly plant: (kind: CanaryKind, name: string) => string;
  /** Remembers a value that somebody else made, such as a token. */
  readonly keep: (kind: CanaryKind, name: string, value: string) => void;
  readonly find: (text: string) => readonly Sighting[];
  readonly count: () => number;
}

/** Shorter values are found everywhere by chance. */
const MIN_LENGTH = 6;

const forms = (value: string): Readonly<Record<string, string>> => ({
  plain: value,
  'percent-encoded': encodeURIComponent(value),
  'in JSON': JSON.stringify(value).slice(1, -1),
  'in hexadecimal': Buffer.from(value).toString('hex'),
  ...base64Forms(value),
});

/** A text in base64 looks different by where it begins; what stays the same each time is its middle. */
const base64Forms = (value: string): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const offset of [0, 1, 2]) {
    const text = Buffer.from(' '.repeat(offset) + value).toString('base64url');
    found[`in base64, at ${offset}`] = text.slice(offset === 0 ? 0 : 4, -4);
  }
  return found;
};

/** Random parts only: the first part of a token and the name in front of a secret are known to all. */
const telling = (kind: CanaryKind, value: string): string[] => {
  if (kind === 'token')
    return value.split('.').length === 3 ? value.split('.').slice(1) : [value.replace(/^tdm_/, '')];
  if (kind === 'secret') return [value.replace(/^.*_secret_/, '')];
  return [value];
};

export const makeCanaries = (): Canaries => {
  const known: { readonly kind: CanaryKind; readonly name: string; readonly forms: [string, string][] }[] =
    [];
  const keep: Canaries['keep'] = (kind, name, value) => {
    for (const part of telling(kind, value)) {
      if (part.length < MIN_LENGTH) throw new Error(`${name} is too short to be looked for`);
      const lower = Object.entries(forms(part)).map(([form, text]): [string, string] => [
        form,
        text.toLowerCase(),
      ]);
      known.push({ kind, name, forms: lower.filter(([, text]) => text.length >= MIN_LENGTH) });
    }
  };
  return {
    plant: (kind, name) => {
      const id = `cnry${randomBytes(8).toString('hex')}`;
      const value = kind === 'email' ? `${id}@example.test` : id;
      keep(kind, name, value);
      return value;
    },
    keep,
    find: (text) => {
      const lower = text.toLowerCase();
      return known.flatMap(({ kind, name, forms: written }) => {
        const [form] = written.find(([, one]) => lower.includes(one)) ?? [];
        return form === undefined ? [] : [{ kind, name, form }];
      });
    },
    count: () => known.length,
  };
};
