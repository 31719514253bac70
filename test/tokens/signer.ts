import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import type { JSONWebKeySet } from 'jose';

/** How Supabase signs: by a published key of either kind, or by the shared secret of older projects. */
export type SigningAlg = 'ES256' | 'RS256' | 'HS256';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A project's keys, as the verifier under test knows them, and what an attacker has. */
export interface Keys {
  readonly es: KeyPair;
  readonly rs: KeyPair;
  readonly secret: Buffer;
  /** What the project publishes: both public keys. */
  readonly keySet: JSONWebKeySet;
  readonly strangerEs: KeyPair;
  readonly strangerRs: KeyPair;
}

const keyPair = (type: 'ec' | 'rsa'): KeyPair => {
  const { privateKey, publicKey } =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    privateKey: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicKey: createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })),
  };
};

export const makeKeys = (): Keys => {
  const [es, rs] = [keyPair('ec'), keyPair('rsa')];
  const published = ({ publicKey }: KeyPair, kid: string, alg: string) => ({
    ...publicKey.export({ format: 'jwk' }),
    kid,
    alg,
    use: 'sig',
  });
  return {
    es,
    rs,
    secret: Buffer.from('a-shared-secret-of-thirty-two-bytes-or-more'),
    keySet: { keys: [published(es, 'es', 'ES256'), published(rs, 'rs', 'RS256')] as JSONWebKeySet['keys'] },
    strangerEs: keyPair('ec'),
    strangerRs: keyPair('rsa'),
  };
};

/** ECDSA as JWS wants it: r and s, 32 bytes each. */
export const signEs = (input: string, { privateKey }: KeyPair): Buffer =>
  sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });

export const signRs = (input: string, { privateKey }: KeyPair): Buffer =>
  sign('sha256', Buffer.from(input), privateKey);

export const signHs = (input: string, secret: string | Buffer, hash = 'sha256'): Buffer =>
  createHmac(hash, secret).update(input).digest();

/** As the project itself would sign. */
export const signGenuinely = (alg: SigningAlg, input: string, keys: Keys): Buffer => {
  if (alg === 'ES256') return signEs(input, keys.es);
  return alg === 'RS256' ? signRs(input, keys.rs) : signHs(input, keys.secret);
};
