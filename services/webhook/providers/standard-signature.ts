import { checkSigningTime } from '../domain/signing-time';
import { readStandardSignatureHeaders } from '../domain/standard-signature-headers';
import type { SignatureVerifier } from '../ports';
import { matchHmac } from './match-hmac';

const PREFIX = 'whsec_';

/**
 * The scheme of standardwebhooks.com, by which our own database signs: HMAC-SHA256 over `<id>.<timestamp>.<body>`, the body
 * as bytes, with the bytes that the secret is the base64 of.
 *
 * @param secrets `whsec_<base64>`, at least one; several while one is being rolled
 */
export const standardSignatureVerifier = (secrets: readonly string[]): SignatureVerifier => {
  const keys = secrets.map((secret) => Buffer.from(secret.slice(PREFIX.length), 'base64'));
  return async ({ headers, body, receivedAt }) => {
    const { id, timestamp, timestampText, signatures } = readStandardSignatureHeaders(headers);
    // Before the hash: what is out of time is refused for nothing.
    checkSigningTime(timestamp, receivedAt);
    matchHmac(
      keys,
      [`${id}.${timestampText}.`, body],
      signatures.map((signature) => Buffer.from(signature, 'base64')),
    );
  };
};
