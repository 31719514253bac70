import { generousValidity, issueCertificate, type KeyedCertificate } from './issue-certificate';
import { newCertId, type Pki, signerName } from './pki';
import { dayMs } from './world';

/**
 * Certificates a careless verifier takes (each signs with its own key, correctly):
 * - `self-signed`: the right name, no CA
 * - `other-ca`: the right name, a complete chain under a root nobody trusts
 * - `expired`: the right name and CA, but out of date
 * - `wrong-name`: the right CA, another common name
 * - `leaf-signed`: the right name, issued by the real leaf, which is no CA
 */
export const attackerKinds = ['self-signed', 'other-ca', 'expired', 'wrong-name', 'leaf-signed'] as const;

export type AttackerKind = (typeof attackerKinds)[number];

/** A certificate served at its own URL, and the key that signs with it. */
export type Attacker = { certId: string; pem: string; keyPem: string };

export async function createAttacker(kind: AttackerKind, pki: Pki, now: number): Promise<Attacker> {
  const leaf = { commonName: signerName, kind: 'leaf', keys: 'rsa', ...generousValidity(now) } as const;
  switch (kind) {
    case 'self-signed':
      return served(await issueCertificate(leaf));
    case 'other-ca': {
      const root = await issueCertificate({
        ...leaf,
        commonName: 'Tandem Test Root CA',
        kind: 'ca',
        keys: 'ec',
      });
      return served(await issueCertificate({ ...leaf, issuer: root }), root.certPem);
    }
    case 'expired': {
      const past = { notBefore: now - 60 * dayMs, notAfter: now - 30 * dayMs };
      return served(
        await issueCertificate({ ...leaf, ...past, issuer: pki.intermediate }),
        pki.intermediate.certPem,
      );
    }
    case 'wrong-name': {
      const commonName = 'messageverificationcerts.sandbox.paypal.com.attacker.example';
      return served(
        await issueCertificate({ ...leaf, commonName, issuer: pki.intermediate }),
        pki.intermediate.certPem,
      );
    }
    case 'leaf-signed':
      return served(
        await issueCertificate({ ...leaf, issuer: pki.leaf }),
        `${pki.leaf.certPem.trim()}\n${pki.intermediate.certPem}`,
      );
  }
}

function served(certificate: KeyedCertificate, chain = ''): Attacker {
  const pem = `${certificate.certPem.trim()}\n${chain.trim()}\n`;
  return { certId: newCertId(), pem, keyPem: certificate.keyPem };
}
