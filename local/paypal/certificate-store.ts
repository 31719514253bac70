import type { Route } from '../doubles/route-table';
import { type Attacker, type AttackerKind, createAttacker } from './attacker-certificates';
import { PayPalError } from './paypal-error';
import { type Pki, servedPem } from './pki';

export type CertificateStore = {
  routes: Route[];
  /** URL of the genuine signing certificate. */
  url(): string;
  /** An attacker's certificate of this kind, made once and served like a genuine one. */
  attacker(kind: AttackerKind): Promise<Attacker & { url: string }>;
};

/** Serves PEM chains at /v1/notifications/certs/CERT-..., publicly, as PayPal does. */
export function createCertificateStore(pki: Pki, baseUrl: () => string): CertificateStore {
  const pems = new Map([[pki.certId, servedPem(pki)]]);
  const attackers = new Map<AttackerKind, Promise<Attacker>>();
  const urlOf = (certId: string) => `${baseUrl()}/v1/notifications/certs/${certId}`;

  return {
    url: () => urlOf(pki.certId),
    async attacker(kind) {
      const making = attackers.get(kind) ?? createAttacker(kind, pki, Date.now());
      attackers.set(kind, making);
      const attacker = await making;
      pems.set(attacker.certId, attacker.pem);
      return { ...attacker, url: urlOf(attacker.certId) };
    },
    routes: [
      {
        method: 'GET',
        pattern: '/v1/notifications/certs/{certId}',
        handle({ params }) {
          const pem = pems.get(params.certId ?? '');
          if (pem === undefined) throw PayPalError.notFound('cert_id', params.certId ?? '');
          return { status: 200, headers: { 'content-type': 'application/x-pem-file' }, body: pem };
        },
      },
    ],
  };
}
