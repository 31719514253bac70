import { randomUUID } from 'node:crypto';
import { changeHandlers } from '../../services/notification/change-handlers';
import { WATCHED_TABLES } from '../../services/notification/domain/watched-tables';
import { CHANGE_TEST_SECRET } from '../support/change-webhook';
import { type Conversing, openConversing, type Person } from '../support/conversing';
import { makeTestWebhook, webhookRequest } from '../support/webhook-service';

let talk: Conversing;
let ada: Person;
let conversation: string;

beforeAll(async () => {
  talk = await openConversing();
  ada = await talk.newPerson('Ada');
  conversation = await talk.start(ada, await talk.newPerson('Ben'));
});
afterAll(() => talk.close());

const changesOf = (key: string) =>
  talk.admin(`select table_name, operation, key from private.changes where key ->> 'id' = $1`, [key]);

describe('a change of a watched table', () => {
  test('is recorded by its key, whoever makes it', async () => {
    const id = randomUUID();
    await talk.send(ada, conversation, 'Hello', id);
    expect(await changesOf(id)).toEqual([{ table_name: 'messages', operation: 'INSERT', key: { id } }]);
  });

  test('is not recorded when it is rolled back', async () => {
    const id = randomUUID();
    const claims = JSON.stringify({ sub: ada.id });
    await talk.admin(
      `begin; set local role authenticated; set local request.jwt.claims = '${claims}';
       insert into public.messages (id, conversation_id, body) values ('${id}', '${conversation}', 'x'); rollback`,
    );
    expect(await changesOf(id)).toEqual([]);
  });

  test('is recorded once for each row of a statement', async () => {
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    await ada.ask(
      `insert into public.messages (id, conversation_id, body) select i, $2, 'x' from unnest($1::uuid[]) as i`,
      [ids, conversation],
    );
    for (const id of ids) expect(await changesOf(id)).toHaveLength(1);
  });
});

interface Watched {
  readonly table: string;
  readonly operation: string;
  readonly columns: string;
  readonly key: string;
}

/** Every trigger that records, with the columns it is given and those of the primary key. */
const readWatched = () =>
  talk.admin<Watched>(
    `select case n.nspname when 'public' then c.relname else n.nspname || '.' || c.relname end as "table",
       case t.tgtype & 28 when 4 then 'INSERT' when 8 then 'DELETE' when 16 then 'UPDATE' end as operation,
       rtrim(replace(encode(t.tgargs, 'escape'), '\\000', ' ')) as columns,
       (select string_agg(a.attname, ' ' order by array_position(i.indkey::int2[], a.attnum))
        from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
        where i.indrelid = c.oid and i.indisprimary) as key
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
     where t.tgfoid = 'private.record_change()'::regprocedure and t.tgenabled = 'O'`,
  );

describe('what is watched', () => {
  test('is what is handled: each operation of each handler has its trigger, and each trigger a handler', async () => {
    const handled = changeHandlers({ sendMails: async () => undefined }).flatMap(({ table, operations }) =>
      operations.map((operation) => `${table} ${operation}`),
    );
    const watched = (await readWatched()).map(({ table, operation }) => `${table} ${operation}`);
    expect(watched.toSorted()).toEqual([...new Set(handled)].toSorted());
  });

  test('is known by its primary key, in the database and in code', async () => {
    for (const { table, columns, key } of await readWatched()) {
      expect([table, columns]).toEqual([table, key]);
      const declared: readonly string[] =
        Object.entries(WATCHED_TABLES).find(([name]) => name === table)?.[1] ?? [];
      expect([table, declared.join(' ')]).toEqual([table, key]);
    }
  });
});

interface Posted {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

const takePosted = () =>
  talk.admin<Posted>('delete from net.http_request_queue returning url, headers, body');
const putSecrets = async (secret: string) => {
  await talk.admin('delete from vault.secrets');
  await talk.admin(`select vault.create_secret($1, 'change_webhook_secret')`, [secret]);
  await talk.admin(`select vault.create_secret($1, 'change_webhook_url')`, ['https://api.test/hook']);
};
const record = (count: number) =>
  talk.admin<{ id: string }>(
    `insert into private.changes (table_name, operation, key)
     select 'messages', 'INSERT', '{"id": "x"}' from generate_series(1, $1::int) returning id`,
    [count],
  );

describe('posting', () => {
  afterEach(() => talk.admin('delete from vault.secrets'));

  test('signs what the webhook service takes', async () => {
    await putSecrets(CHANGE_TEST_SECRET);
    const [change] = await record(1);
    const [post] = await takePosted();
    expect(post?.url).toBe('https://api.test/hook');
    const webhook = makeTestWebhook({ CHANGE_WEBHOOK_SECRETS: CHANGE_TEST_SECRET });
    const request = webhookRequest('supabase', post?.body ?? '', post?.headers ?? {});
    expect(await webhook.post(request)).toMatchObject({ status: 200 });
    expect(webhook.changes).toEqual([{ version: 1, id: change?.id }]);
  });

  test('names the record and nothing of the row', async () => {
    await putSecrets(CHANGE_TEST_SECRET);
    await talk.send(ada, conversation, 'canary');
    const [post] = await takePosted();
    expect(JSON.parse(String(post?.body))).toEqual({
      type: 'change.recorded',
      timestamp: expect.any(String),
      data: { id: post?.headers['webhook-id'] },
    });
  });

  test('stops at a hundred for one statement: the sweep takes the rest', async () => {
    await putSecrets(CHANGE_TEST_SECRET);
    await record(150);
    expect(await takePosted()).toHaveLength(100);
  });

  test('does nothing where nobody has said where to', async () => {
    await record(1);
    expect(await takePosted()).toEqual([]);
  });

  test('that fails leaves the change and its record', async () => {
    await putSecrets('whsec_not base64!');
    const id = randomUUID();
    await talk.send(ada, conversation, 'Hello', id);
    expect(await changesOf(id)).toHaveLength(1);
    expect(await takePosted()).toEqual([]);
  });

  test('is left out where the database has no pg_net', async () => {
    await putSecrets(CHANGE_TEST_SECRET);
    await talk.admin('alter schema net rename to elsewhere');
    const recorded = await record(1).finally(() => talk.admin('alter schema elsewhere rename to net'));
    expect(recorded).toHaveLength(1);
  });
});
