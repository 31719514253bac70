import { type CryptoKey, createLocalJWKSet, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import { AppError } from '#shared/errors/app-error';
import type { Now } from '#shared/kernel/ids';

export interface RemoteKeySetOptions {
  /** Fetches the key set; see fetchKeySet. */
  readonly load: () => Promise<JSONWebKeySet>;
  readonly now: Now;
}

/** The public key a token's header names; null when the set has none that fits. */
export type FindKey = (header: JWSHeaderParameters) => Promise<CryptoKey | null>;

/** A revoked key is refused after this long at most, while the set can be fetched. */
const FRESH_MS = 10 * 60_000;

/** While it cannot be fetched, the last set is trusted this long. */
const STALE_MS = 60 * 60_000;

/** No second fetch within this time, whatever came of the first: forged key ids and outages cost one fetch per process. */
const PAUSE_MS = 30_000;

/**
 * A provider's public keys, fetched when first needed and kept. One fetch at a time, however many requests wait for it.
 *
 * @throws AppError `identity_unavailable` while there is no key set to decide with
 */
export const makeRemoteKeySet = ({ load, now }: RemoteKeySetOptions): FindKey => {
  let keys: ReturnType<typeof createLocalJWKSet> | null = null;
  let loadedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let running: Promise<void> | null = null;

  const fetchOnce = async (): Promise<void> => {
    triedAt = now();
    try {
      keys = createLocalJWKSet(await load());
      loadedAt = now();
    } catch (error) {
      failure = error;
    }
  };

  const refresh = async (): Promise<void> => {
    if (running === null) {
      if (now() - triedAt < PAUSE_MS) return;
      running = fetchOnce().finally(() => {
        running = null;
      });
    }
    await running;
  };

  const search: FindKey = async (header) => {
    if (keys === null || now() - loadedAt > STALE_MS) {
      throw new AppError('identity_unavailable', { cause: failure });
    }
    // Throws when no key or more than one fits.
    return keys(header).catch(() => null);
  };

  return async (header) => {
    if (now() - loadedAt > FRESH_MS) await refresh();
    const found = await search(header);
    if (found !== null) return found;
    await refresh();
    return search(header);
  };
};
