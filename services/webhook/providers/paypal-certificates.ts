import type { X509Certificate } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import type { Now } from '#shared/kernel/ids';
import { readPemCertificates, type TrustedSigner, trustPayPalChain } from './paypal-chain';
import type { SigningKeys } from './paypal-signature';

export interface SigningKeysOptions {
  /** GETs the PEM text at a URL that has been checked against the allowed origins. */
  readonly fetchPem: (url: string) => Promise<string>;
  /** Called once, on first use: parsing 150 roots takes a while. */
  readonly trustRoots: () => readonly X509Certificate[];
  readonly now: Now;
}

const GOOD_FOR_MS = 24 * 3600 * 1000;
const BAD_FOR_MS = 60 * 1000;
/** PayPal uses one or two certificates at a time. */
const MAX_ENTRIES = 32;
/** Unsigned requests may name any number of certificates that do not exist; this many a minute are looked for. */
const MAX_BAD_ENTRIES = 16;

interface Entry {
  readonly signer: Promise<TrustedSigner>;
  /** Infinity while it is being fetched, so that all who ask meanwhile wait for one fetch. */
  expiresAt: number;
  bad: boolean;
}

/**
 * Fetches, checks and remembers PayPal's signing certificates: good ones for a day or until they run out, failures for a
 * minute, and never two fetches of one URL at a time.
 */
export const cachedSigningKeys = (options: SigningKeysOptions): SigningKeys => {
  const entries = new Map<string, Entry>();
  let roots: readonly X509Certificate[] | undefined;

  const load = async (url: string): Promise<TrustedSigner> => {
    const served = await fetchCertificates(options, url);
    roots ??= options.trustRoots();
    const signer = trustPayPalChain(served, roots, options.now());
    if (signer !== null) return signer;
    throw new AppError('webhook_signature_invalid', { detail: 'The certificate is not from PayPal' });
  };

  const remember = (url: string): Entry => {
    const entry: Entry = { signer: load(url), expiresAt: Number.POSITIVE_INFINITY, bad: false };
    entry.signer.then(
      ({ validUntil }) => {
        entry.expiresAt = Math.min(options.now() + GOOD_FOR_MS, validUntil);
      },
      () => {
        entry.bad = true;
        entry.expiresAt = options.now() + BAD_FOR_MS;
      },
    );
    entries.set(url, entry);
    return entry;
  };

  return async (url) => {
    forgetExpired(entries, options.now());
    const known = entries.get(url);
    if (known === undefined && !makeRoom(entries)) throw new AppError('webhook_verification_unavailable');
    return (await (known ?? remember(url)).signer).key;
  };
};

const fetchCertificates = async (
  { fetchPem }: SigningKeysOptions,
  url: string,
): Promise<readonly X509Certificate[]> => {
  try {
    return readPemCertificates(await fetchPem(url));
  } catch (cause) {
    // Also what is there but is no certificate: PayPal has served an error page at such a URL before.
    throw new AppError('webhook_verification_unavailable', { cause });
  }
};

const forgetExpired = (entries: Map<string, Entry>, now: number): void => {
  for (const [url, { expiresAt }] of entries) if (expiresAt <= now) entries.delete(url);
};

/** Drops the oldest good entry where there are too many; false while too many fetches have failed. */
const makeRoom = (entries: Map<string, Entry>): boolean => {
  const failed = Array.from(entries.values()).filter(({ bad }) => bad).length;
  if (failed >= MAX_BAD_ENTRIES) return false;
  if (entries.size < MAX_ENTRIES) return true;
  const oldest = Array.from(entries).find(([, { bad }]) => !bad)?.[0];
  return oldest !== undefined && entries.delete(oldest);
};
