import { randomUUID, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generousValidity, issueCertificate, type KeyedCertificate } from './issue-certificate';

/** The test CA and the certificate that signs webhooks: leaf (RSA), intermediate (EC), root (EC). */
export type Pki = {
  /** Last segment of the certificate's URL: `CERT-` and lower-case hex, as in real PAYPAL-CERT-URL headers. */
  certId: string;
  root: KeyedCertificate;
  intermediate: KeyedCertificate;
  leaf: KeyedCertificate;
};

/** The name in PayPal's sandbox signing certificate; verifiers check it. */
export const signerName = 'messageverificationcerts.sandbox.paypal.com';

export async function createPki(now: number): Promise<Pki> {
  const validity = generousValidity(now);
  const root = await issueCertificate({
    commonName: 'Tandem Test Root CA',
    kind: 'ca',
    keys: 'ec',
    ...validity,
  });
  const intermediate = await issueCertificate({
    commonName: 'Tandem Test Intermediate CA',
    kind: 'ca',
    keys: 'ec',
    issuer: root,
    ...validity,
  });
  const leaf = await issueCertificate({
    commonName: signerName,
    kind: 'leaf',
    keys: 'rsa',
    issuer: intermediate,
    ...validity,
  });
  return { certId: newCertId(), root, intermediate, leaf };
}

export function newCertId(): string {
  return `CERT-${randomUUID().replaceAll('-', '').slice(0, 16)}-${randomUUID().slice(0, 8)}`;
}

/** What is served at the certificate's URL: the leaf and the intermediate. The root is configuration, never served. */
export function servedPem(pki: Pki): string {
  return `${pki.leaf.certPem.trim()}\n${pki.intermediate.certPem.trim()}\n`;
}

/** One PKI for every double of this process that keeps none on disk: an RSA key pair costs a tenth of a second. */
let shared: Promise<Pki> | undefined;

/**
 * The PKI kept in `folder`/paypal-pki.json, made at the first start; without a folder, one of this process.
 * A file that is unreadable or whose leaf has run out is replaced.
 */
export async function loadPki(folder: string | undefined): Promise<Pki> {
  if (folder === undefined) {
    shared ??= createPki(Date.now());
    return shared;
  }
  const path = join(folder, 'paypal-pki.json');
  const kept = await readPki(path);
  if (kept !== undefined) return kept;
  const pki = await createPki(Date.now());
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, JSON.stringify(pki), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return pki;
}

async function readPki(path: string): Promise<Pki | undefined> {
  try {
    const pki = JSON.parse(await readFile(path, 'utf8')) as Pki;
    const expiry = Date.parse(new X509Certificate(pki.leaf.certPem).validTo);
    return expiry > Date.now() ? pki : undefined;
  } catch {
    return undefined;
  }
}
