import { Client } from 'pg';
import type { Change, Piece } from '../../local/realtime/feed/change';
import { makeCollector } from '../../local/realtime/feed/collect-changes';
import { readStream } from '../../local/realtime/feed/read-stream';
import { dropSlot, ensureSlot, slotNameFor } from '../../local/realtime/feed/replication-slot';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { until } from './realtime-stage';

describe('a stream that reads the log', () => {
  let database: TestDatabase;
  let [one, two]: Client[] = [];
  const slot = () => slotNameFor(database.adminUrl);

  beforeAll(async () => {
    database = await createTestDatabase();
    [one, two] = [database.adminUrl, database.adminUrl].map(
      (connectionString) => new Client({ connectionString }),
    );
    await one?.connect();
    await two?.connect();
    await one?.query(`create table public.logged (id int primary key, note text);
      alter publication supabase_realtime add table public.logged`);
    await ensureSlot(database.adminUrl, slot());
  });
  afterAll(async () => {
    await dropSlot(database.adminUrl);
    await one?.end();
    await two?.end();
    await database.drop();
  });

  /** Reads until `isEnough`, then does `last` and breaks off. */
  const read = async (
    isEnough: (pieces: Piece[]) => boolean,
    collector = makeCollector(3),
    last?: (pieces: Piece[]) => bigint | null,
  ): Promise<Piece[]> => {
    const pieces: Piece[] = [];
    const stream = readStream({
      databaseUrl: database.adminUrl,
      slot: slot(),
      publications: ['supabase_realtime'],
      onMessage: (message) => {
        const piece = collector.take(message);
        if (piece) pieces.push(piece);
      },
      onHeartbeat: () => {
        asked = true;
      },
    });
    let asked = false;
    stream.ended.catch(() => undefined);
    await until(() => isEnough(pieces));
    const lsn = last?.(pieces);
    asked = false;
    if (lsn) {
      stream.confirm(lsn, true);
      await until(() => asked);
    }
    await stream.close();
    return pieces;
  };
  const ids = (pieces: Piece[]): unknown[] =>
    pieces.flatMap(({ changes }) => changes.map(({ record }: Change) => record?.id));
  const ends = (pieces: Piece[]): number => pieces.filter(({ endLsn }) => endLsn !== null).length;

  it('begins behind what was confirmed, and not one byte further: a commit may begin right there', async () => {
    await one?.query('begin');
    await two?.query('begin');
    await one?.query('insert into public.logged values (1)');
    await two?.query('insert into public.logged values (2)');
    // The record of the second commit follows that of the first without anything between.
    await Promise.all([one?.query('commit'), two?.query('commit')]);
    const first = await read(
      (pieces) => ends(pieces) === 2,
      undefined,
      ([piece]) => piece?.endLsn ?? null,
    );
    const second = await read((pieces) => ends(pieces) === 1);

    expect(ids(first).sort()).toEqual(['1', '2']);
    expect(ids(second)).toEqual(ids(first).slice(1));
  });

  it('hands a long transaction out in pieces, and after a break each change once', async () => {
    await ensureConfirmed();
    await one?.query('insert into public.logged select generate_series(10, 17)');
    const collector = makeCollector(3);
    const broken = await read((pieces) => pieces.length > 0, collector);
    collector.reset();
    await one?.query('insert into public.logged values (20)');
    const rest = await read((pieces) => ids(pieces).includes('20'), collector);

    expect(broken.every(({ changes }) => changes.length <= 3)).toBe(true);
    expect([...ids(broken), ...ids(rest)]).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 20].map(String));
  });

  async function ensureConfirmed(): Promise<void> {
    await read(
      (pieces) => ends(pieces) === 1,
      undefined,
      (pieces) => pieces.at(-1)?.endLsn ?? null,
    );
  }
});
