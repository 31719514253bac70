import 'reflect-metadata';
import { constants, KeyObject, sign, webcrypto } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import * as x509 from '@peculiar/x509';

/** The webhook registration of the tests. */
export const PAYPAL_TEST_WEBHOOK_ID = '8PT597110X687430L';
export const PAYPAL_CERT_NAME = 'messageverificationcerts.sandbox.paypal.com';

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

/** A certificate with its private key. */
export interface Issued {
  readonly pem: string;
  readonly key: KeyObject;
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

export interface IssueOptions {
  readonly name?: string;
  /** Null makes a self-signed one. */
  readonly by: Issued | null;
  readonly ca?: boolean;
  /** Whether its key usage allows signing certificates; as `ca` unless said. */
  readonly signsCertificates?: boolean;
  readonly pathLength?: number;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** What its key will sign with. */
  readonly hash?: 'SHA-1' | 'SHA-256';
  readonly bits?: number;
  readonly dnsNames?: readonly string[];
  /** Further critical extensions: object id → DER. */
  readonly extensions?: Readonly<Record<string, Buffer>>;
}

/** Issues one certificate. Everything has a sound default, so a test names only what it makes wrong. */
export const issue = async (options: IssueOptions): Promise<Issued> => {
  const { by, ca = false, hash = 'SHA-256', bits = 2048, dnsNames = [] } = options;
  const signing = { ...ALGORITHM, hash, modulusLength: bits };
  const keys = (await webcrypto.subtle.generateKey(signing, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const subject = `CN=${options.name ?? PAYPAL_CERT_NAME}, O=Tandem Test`;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: String(Math.floor(Math.random() * 1e9) + 1e9),
    subject,
    issuer: by === null ? subject : by.certificate.subject,
    notBefore: options.notBefore ?? new Date('2026-01-01'),
    notAfter: options.notAfter ?? new Date('2046-01-01'),
    signingAlgorithm: signing,
    publicKey: keys.publicKey,
    signingKey: by === null ? keys.privateKey : by.keys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(ca, options.pathLength, true),
      new x509.KeyUsagesExtension(
        (options.signsCertificates ?? ca)
          ? x509.KeyUsageFlags.keyCertSign
          : x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      ...(dnsNames.length === 0
        ? []
        : [
            new x509.SubjectAlternativeNameExtension(
              dnsNames.map((value) => ({ type: 'dns' as const, value })),
            ),
          ]),
      ...Object.entries(options.extensions ?? {}).map(
        ([oid, der]) => new x509.Extension(oid, true, Uint8Array.from(der)),
      ),
    ],
  });
  return { pem: certificate.toString('pem'), key: KeyObject.from(keys.privateKey), certificate, keys };
};

/** root -> intermediate -> leaf, as PayPal's certificates are chained. */
export interface TestChain {
  readonly root: Issued;
  readonly intermediate: Issued;
  readonly leaf: Issued;
  /** What PayPal serves: leaf and intermediate. */
  readonly served: string;
}

export const makeTestChain = async (): Promise<TestChain> => {
  const root = await issue({ name: 'Tandem Test Root', by: null, ca: true });
  const intermediate = await issue({ name: 'Tandem Test Issuing CA', by: root, ca: true, pathLength: 0 });
  const leaf = await issue({ by: intermediate, dnsNames: [PAYPAL_CERT_NAME] });
  return { root, intermediate, leaf, served: `${leaf.pem}\n${intermediate.pem}\n` };
};

export interface PayPalSigning {
  readonly key: KeyObject;
  readonly certUrl: string;
  /** RFC 3339. */
  readonly time: string;
  readonly id?: string;
  readonly webhookId?: string;
  readonly hash?: 'sha1' | 'sha256';
}

/** The five headers of a genuine PayPal webhook. */
export const signPayPal = (body: string | Uint8Array, signing: PayPalSigning): Record<string, string> => {
  const { id = 'a0e9b5c0-be49-11f0-8a6b-d1f2c0e9b5c0', webhookId = PAYPAL_TEST_WEBHOOK_ID } = signing;
  const text = `${id}|${signing.time}|${webhookId}|${crc32(body)}`;
  return {
    'PAYPAL-TRANSMISSION-ID': id,
    'PAYPAL-TRANSMISSION-TIME': signing.time,
    'PAYPAL-TRANSMISSION-SIG': sign(signing.hash ?? 'sha256', Buffer.from(text), {
      key: signing.key,
      padding: constants.RSA_PKCS1_PADDING,
    }).toString('base64'),
    'PAYPAL-CERT-URL': signing.certUrl,
    'PAYPAL-AUTH-ALGO': 'SHA256withRSA',
  };
};

export interface CertServer {
  readonly origin: string;
  readonly urlOf: (name: string) => string;
  /** What each certificate id answers: a PEM text, or what to do with the response. */
  readonly answers: Map<
    string,
    string | { status: number; headers?: Record<string, string>; body?: string } | 'hang'
  >;
  /** Paths asked for, in order. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

/** Serves certificates on 127.0.0.1 where PayPal would. */
export const startCertServer = async (): Promise<CertServer> => {
  const answers: CertServer['answers'] = new Map();
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers.get(path.slice(path.lastIndexOf('/') + 1)) ?? { status: 404 };
    if (answer === 'hang') return;
    const {
      status,
      headers = {},
      body = '',
    } = typeof answer === 'string' ? { status: 200, body: answer } : answer;
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    urlOf: (name) => `${origin}/v1/notifications/certs/${name}`,
    answers,
    asked,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
};
