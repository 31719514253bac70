import { type KeyObject, X509Certificate } from 'node:crypto';
import { hasNameConstraints, isStronglySigned, isValidAt, maxPathLength } from './certificate-constraints';

/** A certificate we believe, and until when. */
export interface TrustedSigner {
  readonly key: KeyObject;
  /** When the first certificate of its chain runs out, milliseconds since 1970. */
  readonly validUntil: number;
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
/** A leaf, its issuers and some slack; more only makes us work. */
const MAX_CERTIFICATES = 8;
/** leaf -> intermediate -> intermediate -> root */
const MAX_INTERMEDIATES = 2;

/**
 * The certificates in a PEM text, in order.
 *
 * @throws Error when there is none, too many, or one that is not X.509
 */
export const readPemCertificates = (pem: string): readonly X509Certificate[] => {
  const blocks = pem.match(PEM_CERTIFICATE) ?? [];
  if (blocks.length === 0 || blocks.length > MAX_CERTIFICATES) {
    throw new Error(`${blocks.length} certificates in the PEM text`);
  }
  return blocks.map((block) => new X509Certificate(block));
};

/**
 * Whether the first of the certificates PayPal served is its message signing certificate: named so, an RSA key of 2048
 * bits or more, not an authority itself, and chained to a root we trust, each link issued, signed with a strong hash, in
 * date, and allowed to issue. Returns null when not. A signature alone proves nothing: anybody can make a certificate.
 *
 * @param served the leaf first, then any issuers in any order
 * @param roots authorities we trust, roots or intermediates
 * @param at milliseconds since 1970
 */
export const trustPayPalChain = (
  served: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  at: number,
): TrustedSigner | null => {
  const [leaf, ...pool] = served;
  if (leaf === undefined || !isPayPalLeaf(leaf) || !isValidAt(leaf, at) || !isStronglySigned(leaf))
    return null;
  const issuers = findIssuers(leaf, { pool, roots, at, between: 0 });
  if (issuers === null) return null;
  return {
    key: leaf.publicKey,
    validUntil: Math.min(...[leaf, ...issuers].map((certificate) => certificate.validToDate.getTime())),
  };
};

interface Search {
  readonly pool: readonly X509Certificate[];
  readonly roots: readonly X509Certificate[];
  readonly at: number;
  /** Authorities between the leaf and the issuer looked for. */
  readonly between: number;
}

const findIssuers = (subject: X509Certificate, search: Search): readonly X509Certificate[] | null => {
  const root = search.roots.find((candidate) => hasIssued(candidate, subject, search));
  if (root !== undefined) return [root];
  if (search.between >= MAX_INTERMEDIATES) return null;
  for (const candidate of search.pool) {
    if (!isStronglySigned(candidate) || !hasIssued(candidate, subject, search)) continue;
    const above = findIssuers(candidate, {
      ...search,
      pool: search.pool.filter((other) => other !== candidate),
      between: search.between + 1,
    });
    if (above !== null) return [candidate, ...above];
  }
  return null;
};

const hasIssued = (
  issuer: X509Certificate,
  subject: X509Certificate,
  { at, between }: Pick<Search, 'at' | 'between'>,
): boolean =>
  subject.checkIssued(issuer) &&
  issuer.ca &&
  isValidAt(issuer, at) &&
  maxPathLength(issuer) >= between &&
  !hasNameConstraints(issuer) &&
  subject.verify(issuer.publicKey);

const MIN_RSA_BITS = 2048;
/** `messageverificationcerts.paypal.com`, `messageverificationcerts.sandbox.paypal.com`; rule of PayPal-Java-SDK. */
const PAYPAL_NAME = /^messageverificationcerts[a-z0-9.-]*\.paypal\.com$/;

const isPayPalLeaf = (leaf: X509Certificate): boolean => {
  const name: unknown = leaf.toLegacyObject().subject.CN;
  return (
    typeof name === 'string' &&
    PAYPAL_NAME.test(name) &&
    // Where the certificate lists DNS names, which is where authorities check them, the name must be among those.
    leaf.checkHost(name) !== undefined &&
    !leaf.ca &&
    leaf.publicKey.asymmetricKeyType === 'rsa' &&
    (leaf.publicKey.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS
  );
};
