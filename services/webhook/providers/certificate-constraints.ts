import type { X509Certificate } from 'node:crypto';

/**
 * The parts of RFC 5280 path validation that `node:crypto` does not offer for a certificate outside a TLS connection.
 * Extensions are found by their encoded object id. An id could also occur by chance or by design inside a key or a name;
 * therefore every occurrence counts, and each can only make the verdict stricter.
 */

/** 2.5.29.30 as DER. */
const NAME_CONSTRAINTS = Buffer.from('0603551d1e', 'hex');

/**
 * Whether an authority may only issue for certain names. We do not evaluate which, so such an authority is not accepted:
 * many companies hold one for their own domains.
 */
export const hasNameConstraints = (certificate: X509Certificate): boolean =>
  certificate.raw.includes(NAME_CONSTRAINTS);

/** 2.5.29.19 basicConstraints in hex: optional `critical`, then a sequence of cA TRUE and pathLenConstraint. */
const PATH_LENGTH = /0603551d13(?:0101ff)?04..30..0101ff0201(..)/g;

/** How many authorities may stand between this authority and the end certificate; Infinity where it is not limited. */
export const maxPathLength = (certificate: X509Certificate): number =>
  Math.min(
    Number.POSITIVE_INFINITY,
    ...Array.from(certificate.raw.toString('hex').matchAll(PATH_LENGTH), ([, length]) =>
      Number.parseInt(length ?? '00', 16),
    ),
  );

/** SHA-1 and MD5 signatures on certificates can be forged, and PSS does not say its hash here: all else is refused. */
const STRONG_SIGNATURES: ReadonlySet<string> = new Set([
  'sha256WithRSAEncryption',
  'sha384WithRSAEncryption',
  'sha512WithRSAEncryption',
  'ecdsa-with-SHA256',
  'ecdsa-with-SHA384',
  'ecdsa-with-SHA512',
]);

export const isStronglySigned = (certificate: X509Certificate): boolean =>
  STRONG_SIGNATURES.has(certificate.signatureAlgorithm ?? '');

/** Whether `at` (milliseconds since 1970) lies within the certificate's validity. */
export const isValidAt = (certificate: X509Certificate, at: number): boolean =>
  certificate.validFromDate.getTime() <= at && at <= certificate.validToDate.getTime();
