import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { dayMs } from './world';

/** A certificate with its private key, both PEM (the key as PKCS #8). */
export type KeyedCertificate = { certPem: string; keyPem: string };

export type CertificateRequest = {
  commonName: string;
  kind: 'ca' | 'leaf';
  /** EC P-256 is quick to make; a PayPal leaf must be RSA, since SHA256withRSA is the only algorithm it uses. */
  keys: 'ec' | 'rsa';
  /** Absent: self-signed. */
  issuer?: KeyedCertificate | undefined;
  notBefore: number;
  notAfter: number;
};

const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};
const ec = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Issues one X.509 certificate under the test CA (or self-signed), with the extensions a verifier looks at. */
export async function issueCertificate(request: CertificateRequest): Promise<KeyedCertificate> {
  const keys = await webcrypto.subtle.generateKey(request.keys === 'rsa' ? rsa : ec, true, [
    'sign',
    'verify',
  ]);
  const { issuer } = request;
  const signingKey = issuer === undefined ? keys.privateKey : await importPrivateKey(issuer.keyPem);
  const subject = `CN=${request.commonName}, O=Tandem PayPal double, C=US`;
  const extensions =
    request.kind === 'ca'
      ? [
          new x509.BasicConstraintsExtension(true, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        ]
      : [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([
            x509.ExtendedKeyUsage.serverAuth,
            x509.ExtendedKeyUsage.clientAuth,
          ]),
          new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: request.commonName }]),
        ];
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer === undefined ? subject : new x509.X509Certificate(issuer.certPem).subject,
    notBefore: new Date(request.notBefore),
    notAfter: new Date(request.notAfter),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: signingKey.algorithm.name === 'ECDSA' ? ec : rsa,
    extensions,
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certPem: certificate.toString('pem'), keyPem: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
}

async function importPrivateKey(pem: string): Promise<webcrypto.CryptoKey> {
  const bytes = x509.PemConverter.decodeFirst(pem);
  try {
    return await webcrypto.subtle.importKey('pkcs8', bytes, ec, false, ['sign']);
  } catch {
    return await webcrypto.subtle.importKey('pkcs8', bytes, rsa, false, ['sign']);
  }
}

/** Validity of what the double issues: since a month ago, for ten years. */
export function generousValidity(now: number): { notBefore: number; notAfter: number } {
  return { notBefore: now - 30 * dayMs, notAfter: now + 3650 * dayMs };
}
