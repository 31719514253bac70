import pg from 'pg';
import { mapPgError } from '#shared/database/map-pg-error';
import { proveServer } from '#shared/database/prove-server';
import type { Queryable } from '#shared/database/queryable';
import { type Addresses, renewablePool } from '#shared/database/renewable-pool';

export interface PoolOptions {
  /** `postgres://role:password@host:port/database`; a transaction pooler is fine: no session state is used. */
  readonly connectionString: string;
  /** Where that address comes from, for when its password is changed meanwhile. Default: it never is. */
  readonly addresses?: Addresses;
  /** PEM certificate of the authority that signed the server's (prove-server.ts). Default: nobody checks. */
  readonly authority?: string | undefined;
  /** Connections at most. A Lambda instance handles one event at a time, so one is enough. Default 1. */
  readonly max?: number;
  /** Milliseconds that a connection is kept without use. Default 10,000. */
  readonly idleMs?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
}

export interface Database extends Queryable {
  /** Opens the connection ahead of the first statement, so that the handshake overlaps with reading the event. */
  readonly warm: () => Promise<void>;
  /** One connection for the length of `work`; see withTransaction. */
  readonly withConnection: <T>(work: (connection: Queryable) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** Milliseconds: a Lambda must answer or fail long before the gateway's 29 s. */
const CONNECT_TIMEOUT_MS = 3_000;
const QUERY_TIMEOUT_MS = 8_000;
const IDLE_MS = 10_000;

/** A small pool whose errors are AppErrors. Statements are unnamed and parameterised, as transaction poolers need. */
export const makeDatabase = (options: PoolOptions): Database => {
  const idleMs = options.idleMs ?? IDLE_MS;
  const open = (address: string): pg.Pool => {
    const made = new pg.Pool({
      ...proveServer(address, options.authority),
      max: options.max ?? 1,
      application_name: options.applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      idleTimeoutMillis: idleMs,
      keepAlive: true,
      allowExitOnIdle: true,
    });
    // An idle connection that the server closes is replaced by the next query; without a listener it would end the process.
    made.on('error', () => undefined);
    // One that is lost while it is out fails its statement; the pool does not listen to those.
    made.on('connect', (client) => client.on('error', () => undefined));
    return made;
  };
  const pool = renewablePool(open, options.connectionString, options.addresses ?? null);

  const releasedAt = new WeakMap<pg.PoolClient, number>();
  const release = (client: pg.PoolClient, isBroken: boolean): void => {
    releasedAt.set(client, Date.now());
    client.release(isBroken);
  };
  /**
   * The pool's own timer does not run while Lambda has the process frozen, and the request that wakes it may come first: the
   * connection it would be given may have been dead for hours.
   */
  const connect = async (): Promise<pg.PoolClient> => {
    for (;;) {
      const client = await pool.connect();
      const since = releasedAt.get(client);
      if (since === undefined || Date.now() - since < idleMs) return client;
      client.release(true);
    }
  };

  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw mapPgError(error);
    }
  };

  const withConnection: Database['withConnection'] = (work) =>
    run(async () => {
      const client = await connect();
      let failed = true;
      try {
        const result = await work({
          query: async <Row>(text: string, values?: readonly unknown[]) => {
            const { rows, rowCount } = await client.query(
              text,
              values === undefined ? undefined : [...values],
            );
            return { rows: rows as Row[], rowCount };
          },
        });
        failed = false;
        return result;
      } finally {
        // After a failure the connection's state is unknown (an open transaction, a dead socket): never reuse it.
        release(client, failed);
      }
    });

  return {
    query: <Row>(text: string, values?: readonly unknown[]) =>
      withConnection((connection) => connection.query<Row>(text, values)),
    warm: async () => {
      // A failure shows at the first statement, where it can be answered.
      await connect().then(
        (client) => release(client, false),
        () => undefined,
      );
    },
    withConnection,
    close: () => pool.end(),
  };
};
