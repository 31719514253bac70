import { randomUUID } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import { onChange } from '../../services/notification/use-cases/on-change';
import { sweepChanges } from '../../services/notification/use-cases/sweep-changes';
import { type ChangeWorker, openChangeWorker } from '../support/change-worker';
import { type Conversing, openConversing, type Person } from '../support/conversing';
import { sqsEvent, sqsRecord } from '../support/sqs-event';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let talk: Conversing;
let worker: ChangeWorker;
let ada: Person;
let ben: Person;
let conversation: string;

beforeAll(async () => {
  talk = await openConversing();
  // What handlers of these tests do, to be counted.
  await talk.admin(`create table private.effects (key text not null);
    grant insert on private.effects to tandem_notification`);
});
beforeEach(async () => {
  await talk.admin('delete from private.changes');
  [ada, ben] = await Promise.all([talk.newPerson('Ada'), talk.newPerson('Ben')]);
  conversation = await talk.start(ada, ben);
  worker = openChangeWorker(talk.adminUrl);
});
afterEach(() => worker.close());
afterAll(() => talk.close());

interface Recorded {
  readonly id: string;
  readonly attempts: number;
  readonly handled: boolean;
}

/** Sends a message, and finds the record of it. */
const say = async (body = 'Hello'): Promise<string> => {
  const id = randomUUID();
  await talk.send(ada, conversation, body, id);
  const [change] = await talk.admin<{ id: string }>(
    `select id from private.changes where key ->> 'id' = $1`,
    [id],
  );
  return change?.id ?? '';
};
const recorded = async (id: string): Promise<Recorded | undefined> => {
  const [row] = await talk.admin<Recorded>(
    'select id, attempts, handled_at is not null as handled from private.changes where id = $1',
    [id],
  );
  return row;
};
const record = (id: string) => sqsRecord({ version: 1, id });
const toldOf = (person: Person) => person.ask('select kind, data from public.notifications');
const effects = async (key: string): Promise<number> =>
  (await talk.admin('select from private.effects where key = $1', [key])).length;

/** A handler of messages that notes what it did, and then does something else. */
const noting = (then: (key: string) => Promise<void> = async () => undefined): ChangeWorker =>
  openChangeWorker(talk.adminUrl, [
    onChange('messages', ['INSERT'], async ({ tx, change }) => {
      await tx.query('insert into private.effects (key) values ($1)', [change.id]);
      await then(change.id);
    }),
  ]);

describe('a new message', () => {
  test('is announced to the others and not to who wrote it', async () => {
    const id = await say();
    expect(await worker.handle(sqsEvent([record(id)]))).toEqual([]);
    expect(await toldOf(ben)).toEqual([
      {
        kind: 'message_received',
        data: { conversation_id: conversation, message_id: expect.any(String) },
      },
    ]);
    expect(await toldOf(ada)).toEqual([]);
    expect(await recorded(id)).toMatchObject({ handled: true, attempts: 1 });
  });

  test('is announced once until the other looks, in whatever order the changes come', async () => {
    const [first, second] = [await say('one'), await say('two')];
    await worker.handle(sqsEvent([record(second), record(first)]));
    expect(await toldOf(ben)).toHaveLength(1);
    await ben.ask('update public.conversation_members set last_read_position = 2 where user_id = $1', [
      ben.id,
    ]);
    await worker.handle(sqsEvent([record(await say('three'))]));
    expect(await toldOf(ben)).toHaveLength(2);
  });

  test.each([
    [
      'read',
      () =>
        ben.ask('update public.conversation_members set last_read_position = 1 where user_id = $1', [ben.id]),
    ],
    [
      'deleted',
      () =>
        ada.ask(`update public.messages set deleted_at = now() where conversation_id = $1`, [conversation]),
    ],
    [
      'from somebody blocked',
      () => ben.ask('insert into public.user_blocks (blocked_id) values ($1)', [ada.id]),
    ],
  ])('is not announced when it is %s by then', async (_, meanwhile) => {
    const id = await say();
    await meanwhile();
    expect(await worker.handle(sqsEvent([record(id)]))).toEqual([]);
    expect(await toldOf(ben)).toEqual([]);
  });
});

describe('once', () => {
  test('a change takes effect once, however often and by however many it is handled', async () => {
    const id = await say();
    const workers = [noting(), noting(), noting()];
    const failed = await Promise.all(
      workers.map((one) => one.handle(sqsEvent([record(id), record(id), record(id)]))),
    );
    await Promise.all(workers.map((one) => one.close()));
    expect(failed.flat()).toEqual([]);
    expect(await effects(id)).toBe(1);
  });

  test('a change whose record is gone is done', async () => {
    expect(await worker.handle(sqsEvent([record(randomUUID())]))).toEqual([]);
  });
});

describe('a handler that fails', () => {
  test('leaves nothing behind, and is tried again', async () => {
    const id = await say();
    let broken = true;
    const flaky = noting(async () => {
      if (broken) throw new Error('broken');
    });
    expect(await flaky.handle(sqsEvent([sqsRecord({ version: 1, id }, 'first')]))).toEqual(['first']);
    expect([await effects(id), await recorded(id)]).toMatchObject([0, { handled: false, attempts: 1 }]);
    broken = false;
    expect(await flaky.handle(sqsEvent([record(id)]))).toEqual([]);
    expect([await effects(id), await recorded(id)]).toMatchObject([1, { handled: true, attempts: 2 }]);
    await flaky.close();
  });

  test('keeps nothing from its neighbours', async () => {
    const ids = [await say('one'), await say('two'), await say('three')];
    const picky = noting(async (key) => {
      if (key === ids[1]) throw new Error('poison');
    });
    const records = ids.map((id) => sqsRecord({ version: 1, id }, id));
    expect(await picky.handle(sqsEvent(records))).toEqual([ids[1]]);
    expect(await Promise.all(ids.map(effects))).toEqual([1, 0, 1]);
    await picky.close();
  });

  test('does not tell the log what is in the row', async () => {
    const id = await say('canary');
    const loud = openChangeWorker(talk.adminUrl, [
      onChange('messages', ['INSERT'], async ({ tx }) => {
        await tx.query('select private.notify(null, null, null, null)');
      }),
    ]);
    await loud.handle(sqsEvent([record(id)]));
    expect(JSON.stringify(loud.lines)).not.toContain('canary');
    await loud.close();
  });

  test('after the commit is noted, and the change is handled', async () => {
    const id = await say();
    const later = openChangeWorker(talk.adminUrl, [
      onChange('messages', ['INSERT'], async ({ afterCommit }) =>
        afterCommit(async () => {
          throw new Error('too late');
        }),
      ),
    ]);
    expect(await later.handle(sqsEvent([record(id)]))).toEqual([]);
    expect(later.lines).toMatchObject([{ message: 'work after a change failed' }]);
    expect(await recorded(id)).toMatchObject({ handled: true });
    await later.close();
  });

  test('after the commits of a batch runs once, behind all of them', async () => {
    const ids = [await say('one'), await say('two')];
    const seen: number[] = [];
    const look = async () => {
      seen.push((await Promise.all(ids.map(effects))).filter((count) => count > 0).length);
    };
    const later = openChangeWorker(talk.adminUrl, [
      onChange('messages', ['INSERT'], async ({ tx, change, afterCommit }) => {
        await tx.query('insert into private.effects (key) values ($1)', [change.id]);
        afterCommit(look);
      }),
    ]);
    expect(await later.handle(sqsEvent(ids.map(record)))).toEqual([]);
    expect(seen).toEqual([2]);
    await later.close();
  });

  test('is no older function without one: that leaves the change to the one that is being deployed', async () => {
    const id = await say();
    const older = openChangeWorker(talk.adminUrl, []);
    expect(await older.handle(sqsEvent([sqsRecord({ version: 1, id }, 'early')]))).toEqual(['early']);
    expect(await recorded(id)).toMatchObject({ handled: false });
    await older.close();
  });

  test.each(['', '{', '{"version":1}', '{"version":2,"id":"x"}'])(
    'is not needed for %j to come back',
    async (body) => {
      expect(await worker.handle(sqsEvent([sqsRecord(body, 'strange')]))).toEqual(['strange']);
    },
  );
});

describe('the sweep', () => {
  test('puts on the queue what nobody has handled for two minutes', async () => {
    const id = await say();
    expect(await worker.sweep(Date.now() + MINUTE)).toMatchObject({ sent: 0 });
    expect(await worker.sweep(Date.now() + 3 * MINUTE)).toMatchObject({ sent: 1 });
    expect(worker.sent).toEqual([{ version: 1, id }]);
    expect(await worker.handle(sqsEvent(worker.sent.map((message) => sqsRecord(message))))).toEqual([]);
    expect(await toldOf(ben)).toHaveLength(1);
    expect(await worker.sweep(Date.now() + DAY)).toMatchObject({ sent: 0 });
  });

  test('waits longer each time: after 2, 4, 8 ... minutes, and then every hour', async () => {
    await say();
    const start = Date.now() - MINUTE / 2;
    const sentAt: number[] = [];
    for (let minute = 1; minute < 200; minute += 1) {
      const { sent } = await worker.sweep(start + minute * MINUTE);
      if (sent > 0) sentAt.push(minute);
    }
    expect(sentAt.length).toBeLessThan(10);
    expect(sentAt.slice(0, 3)).toEqual([3, 6, 12]);
  });

  test('sends nothing twice within its time that the queue did take, and all again that it did not', async () => {
    await say();
    const now = () => Date.now() + 3 * MINUTE;
    const away = async () => {
      throw new AppError('queue_unavailable');
    };
    await expect(sweepChanges({ database: worker.database, enqueue: away, now })).rejects.toMatchObject({
      code: 'queue_unavailable',
    });
    expect(await worker.sweep(now())).toMatchObject({ sent: 1 });
    expect(await worker.sweep(now())).toMatchObject({ sent: 0 });
  });

  test('leaves to the dead letters what was tried five times, and says that it waits', async () => {
    const id = await say();
    const broken = noting(async () => {
      throw new Error('broken');
    });
    for (let times = 0; times < 5; times += 1) await broken.handle(sqsEvent([record(id)]));
    expect(await worker.sweep(Date.now() + 20 * MINUTE)).toEqual({ sent: 0, forgotten: 0, waiting: 1 });
    // Once the handler is mended, the dead letter is put back.
    expect(await worker.handle(sqsEvent([record(id)]))).toEqual([]);
    expect(await worker.sweep(Date.now() + 20 * MINUTE)).toMatchObject({ waiting: 0 });
    await broken.close();
  });

  test('forgets what was handled three days ago, and never what was not', async () => {
    const [handled, open] = [await say('one'), await say('two')];
    await worker.handle(sqsEvent([record(handled)]));
    expect(await worker.sweep(Date.now() + 2 * DAY)).toMatchObject({ forgotten: 0 });
    expect(await worker.sweep(Date.now() + 4 * DAY)).toMatchObject({ forgotten: 1, waiting: 1 });
    expect([await recorded(handled), await recorded(open)]).toMatchObject([undefined, { handled: false }]);
  });

  test('takes more than a page', async () => {
    await talk.admin(
      `insert into private.changes (table_name, operation, key)
       select 'messages', 'INSERT', '{"id": "x"}' from generate_series(1, 1200)`,
    );
    expect(await worker.sweep(Date.now() + 3 * MINUTE)).toMatchObject({ sent: 1200 });
    expect(new Set(worker.sent.map(({ id }) => id)).size).toBe(1200);
  });
});
