import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { isRefusedLogin } from '#shared/database/map-pg-error';
import { oneAtATime } from '#shared/kernel/one-at-a-time';

/** Where else the database may be reached, once the address in use was refused. */
export interface Addresses {
  /** As configured now. */
  readonly newest: () => Promise<string>;
  /** As configured before; null where that is not known. */
  readonly previous: () => Promise<string | null>;
}

/** Milliseconds that a refusal of everything stands: poolers lock out who fails too often. */
const QUIET_MS = 3_000;

/** Milliseconds before the newest address is tried again: a pooler may believe the old password for a moment longer. */
const PAUSE_MS = 500;

export interface RenewablePool {
  readonly connect: () => Promise<pg.PoolClient>;
  readonly end: () => Promise<void>;
}

/**
 * A pool whose address may change while it is used. When the server refuses the login, the address is asked for again, once
 * for all who wait, and the pool is replaced; connections that are out come home to the old one. That is safe at any
 * moment, since a refused login has sent no statement.
 *
 * Either order of a change of password works: where the new one is configured first, new processes are refused with it and
 * use the one before; once the server has it, old processes are refused and use the newest.
 */
export const renewablePool = (
  open: (address: string) => pg.Pool,
  first: string,
  addresses: Addresses | null,
): RenewablePool => {
  let [address, pool] = [first, open(first)];
  let quietUntil = 0;

  const use = async (candidate: string): Promise<boolean> => {
    const fresh = open(candidate);
    try {
      (await fresh.connect()).release();
    } catch (error) {
      await fresh.end();
      if (isRefusedLogin(error)) return false;
      throw error;
    }
    const old = pool;
    [address, pool] = [candidate, fresh];
    void retire(old);
    return true;
  };

  const renew = oneAtATime(async (): Promise<boolean> => {
    if (addresses === null) return false;
    const { newest, previous } = addresses;
    const refused = address;
    const current = await newest();
    if (current !== refused && (await use(current))) return true;
    const before = await previous();
    if (before !== null && before !== refused && before !== current && (await use(before))) return true;
    await sleep(PAUSE_MS);
    if (await use(await newest())) return true;
    quietUntil = Date.now() + QUIET_MS;
    return false;
  });

  return {
    connect: async () => {
      const used = pool;
      try {
        return await used.connect();
      } catch (error) {
        if (!isRefusedLogin(error)) throw error;
        if (used === pool && (Date.now() < quietUntil || !(await renew()))) throw error;
        return pool.connect();
      }
    },
    end: () => pool.end(),
  };
};

/** Not before everybody who waits for one of its connections has had it: a pool that ends forgets them. */
const retire = async (pool: pg.Pool): Promise<void> => {
  while (pool.waitingCount > 0) await sleep(PAUSE_MS);
  await pool.end();
};
