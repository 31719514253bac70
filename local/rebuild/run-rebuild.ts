import { Client } from 'pg';
import type { Queryable } from '#shared/database/queryable';
import { readStoredReport } from '../../services/payment/providers/read-stored-report';
import { type Rebuilt, rebuildPayments } from '../../services/payment/use-cases/rebuild-payments';
import { makeScratchDatabase } from './scratch-database';

export interface RebuildOptions {
  /** The database to rebuild from; only read. Its role must see all payment tables. */
  readonly sourceUrl: string;
  /** An empty, migrated database for its owner. Without one, one is made beside the source, and dropped afterwards. */
  readonly scratchUrl?: string | undefined;
  readonly onProgress?: (reports: number) => void;
}

export interface RebuildResult extends Rebuilt {
  readonly seconds: number;
}

/** Rebuilds all payment state in a scratch database and compares. Reading and comparing have no time limit. */
export const runRebuild = async (options: RebuildOptions): Promise<RebuildResult> => {
  const made = options.scratchUrl === undefined ? await makeScratchDatabase(options.sourceUrl) : null;
  try {
    return await rebuildInto(options, options.scratchUrl ?? made?.url ?? '');
  } finally {
    await made?.drop();
  }
};

const rebuildInto = async (
  { sourceUrl, onProgress = () => undefined }: RebuildOptions,
  scratchUrl: string,
): Promise<RebuildResult> => {
  const startedAt = performance.now();
  const [source, scratch] = [await connect(sourceUrl), await connect(scratchUrl)];
  try {
    const rebuilt = await rebuildPayments({
      source: queryable(source),
      scratch: queryable(scratch),
      readStored: readStoredReport,
      onProgress,
    });
    return { ...rebuilt, seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    await Promise.all([source.end(), scratch.end()]);
  }
};

const connect = async (connectionString: string): Promise<Client> => {
  const client = new Client({ connectionString, application_name: 'tandem-rebuild' });
  await client.connect();
  return client;
};

const queryable = (client: Client): Queryable => ({
  query: async <Row>(text: string, values?: readonly unknown[]) => {
    const { rows, rowCount } = await client.query(text, values === undefined ? undefined : [...values]);
    return { rows: rows as Row[], rowCount };
  },
});
