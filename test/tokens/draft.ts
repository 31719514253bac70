import { type Keys, type SigningAlg, signGenuinely } from './signer';

export const PROJECT = 'http://project.test';
export const USER = '6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa';
export const SESSION = '0b9a5b5e-1111-4222-8333-444455556666';
/** Seconds since 1970. */
export const NOW_S = 1_800_000_000;

/** A token in the making. Parts are bytes, so that they need not be JSON. */
export interface Draft {
  readonly alg: SigningAlg;
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  /** Replaces what `header` would be written as. */
  headerBytes?: Buffer;
  /** Replaces what `claims` would be written as. */
  payloadBytes?: Buffer;
  sign: (input: string, keys: Keys) => Buffer;
  /** The whole token as it is sent. */
  spell: (token: string) => string;
}

/**
 * One thing about a token. Honest ones leave it as good as it was, whatever else is changed; the others spoil it for good.
 */
export interface Variant {
  readonly name: string;
  readonly honest: boolean;
  /** The kinds of tokens it makes sense for; default: all. */
  readonly algs?: readonly SigningAlg[];
  readonly change: (draft: Draft, keys: Keys) => void;
}

export const newDraft = (alg: SigningAlg): Draft => ({
  alg,
  header: { alg, typ: 'JWT', ...(alg === 'HS256' ? {} : { kid: alg === 'ES256' ? 'es' : 'rs' }) },
  claims: {
    sub: USER,
    aud: 'authenticated',
    role: 'authenticated',
    session_id: SESSION,
    iss: `${PROJECT}/auth/v1`,
    iat: NOW_S - 60,
    exp: NOW_S + 3_600,
  },
  sign: (input, keys) => signGenuinely(alg, input, keys),
  spell: (token) => token,
});

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Writes, signs and spells a draft. */
export const issue = (draft: Draft, keys: Keys): string => {
  const parts = [draft.headerBytes ?? json(draft.header), draft.payloadBytes ?? json(draft.claims)];
  const input = parts.map((part) => part.toString('base64url')).join('.');
  return draft.spell(`${input}.${draft.sign(input, keys).toString('base64url')}`);
};
