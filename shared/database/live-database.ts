import type { LiveEnv } from '#shared/config/live-env';
import { type Database, makeDatabase } from '#shared/database/pool';

/** A function's database at the DATABASE_URL of its secret, also when that is changed while the function runs. */
export const liveDatabase = (
  live: LiveEnv<{ readonly DATABASE_URL: string; readonly DATABASE_CA?: string | undefined }>,
  applicationName: string,
): Database =>
  makeDatabase({
    connectionString: live.first.DATABASE_URL,
    authority: live.first.DATABASE_CA,
    applicationName,
    addresses: {
      newest: async () => (await live.newest()).DATABASE_URL,
      previous: async () => (await live.previous())?.DATABASE_URL ?? null,
    },
  });
