import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../realtime/realtime-stage';
import { type AnyChange, type Watch, watchChanges } from '../realtime/watch-changes';
import { type Correspondent, type Messaging, openMessaging } from '../support/messaging';

/** Long enough for what is not meant to come, seen that what is meant to comes in some ten milliseconds. */
const SILENCE_MS = 300;

let messaging: Messaging;
let ada: Correspondent;
let ben: Correspondent;
let eve: Correspondent;

beforeAll(async () => {
  messaging = await openMessaging();
});
beforeEach(async () => {
  ada = await messaging.newCorrespondent('Ada');
  ben = await messaging.newCorrespondent('Ben');
  eve = await messaging.newCorrespondent('Eve');
});
afterAll(() => messaging.close());

const start = async (
  first: Correspondent,
  others: readonly Correspondent[],
  title?: string,
): Promise<string> => {
  const with_users = others.map(({ id }) => id);
  const { data } = await first.client.rpc('start_conversation', { with_users, title }).throwOnError();
  return data as string;
};
const send = async (from: Correspondent, conversation_id: string, body: string): Promise<string> => {
  const id = randomUUID();
  await from.client.from('messages').insert({ id, conversation_id, body }).throwOnError();
  return id;
};
const listen = ({ client }: Correspondent): Promise<Watch> =>
  watchChanges(client, [{ table: 'messages' }, { table: 'conversation_members' }]);

const ofTable = (watch: Watch, table: string): AnyChange[] =>
  watch.changes.filter((change) => change.table === table);
/** Changes of messages that are there: what was written just before somebody listened may still come. */
const updatesIn = (watch: Watch): AnyChange[] =>
  ofTable(watch, 'messages').filter(({ eventType }) => eventType === 'UPDATE');
const bodiesIn = (watch: Watch): unknown[] =>
  ofTable(watch, 'messages').map(({ new: row }) => ('body' in row ? row.body : 'nothing'));

describe('live', () => {
  test('messages reach members alone, in the order in which they are read', async () => {
    const conversation = await start(ada, [ben]);
    const [atAda, atBen, atEve] = [await listen(ada), await listen(ben), await listen(eve)];
    const bodies = Array.from({ length: 20 }, (_, n) => `${n}`);
    await Promise.all(bodies.map((body, n) => send(n % 2 === 0 ? ada : ben, conversation, body)));
    await until(() => bodiesIn(atAda).length === 20 && bodiesIn(atBen).length === 20);
    await sleep(SILENCE_MS);
    const { data } = await ada.client.from('messages').select('body').order('position').throwOnError();
    const read = data?.map(({ body }) => body);

    expect(bodiesIn(atAda)).toEqual(read);
    expect(bodiesIn(atBen)).toEqual(read);
    expect(atEve.changes).toEqual([]);
  });

  test('a deleted message comes without its text, new or old', async () => {
    const conversation = await start(ada, [ben]);
    const id = await send(ada, conversation, 'secret '.repeat(500)); // longer than a page of Postgres keeps inline
    const atBen = await listen(ben);
    await ada.client.from('messages').update({ deleted_at: new Date() }).eq('id', id).throwOnError();
    await until(() => updatesIn(atBen).length === 1);
    const [change] = updatesIn(atBen);

    expect(change).toMatchObject({ eventType: 'UPDATE', new: { id, body: null, position: 1 }, old: { id } });
    expect(JSON.stringify(change)).not.toContain('secret');
  });

  test('so does one whose account is deleted', async () => {
    const conversation = await start(ada, [ben]);
    const id = await send(ada, conversation, 'secret');
    const atBen = await listen(ben);
    await messaging.admin.query('select private.delete_account($1)', [ada.id]);
    await until(() => updatesIn(atBen).length === 1);

    expect(updatesIn(atBen)).toMatchObject([{ new: { id, body: null, sender_id: null } }]);
    expect(JSON.stringify(updatesIn(atBen))).not.toContain('secret');
  });

  test('whoever is added hears of it and of what follows; whoever is removed of nothing more', async () => {
    const group = await start(ada, [ben], 'Group');
    const [atBen, atEve] = [await listen(ben), await listen(eve)];
    await send(ada, group, 'before');
    await ada.client.rpc('add_member', { of_conversation: group, new_member: eve.id }).throwOnError();
    await send(ada, group, 'with both');
    await until(() => bodiesIn(atEve).length === 1 && bodiesIn(atBen).length === 2);
    const members = ada.client.from('conversation_members').delete().eq('conversation_id', group);
    await members.eq('user_id', ben.id).throwOnError();
    await send(ada, group, 'without Ben');
    await until(() => bodiesIn(atEve).length === 2);
    await sleep(SILENCE_MS);

    expect(ofTable(atEve, 'conversation_members').map(({ new: row }) => row)).toContainEqual(
      expect.objectContaining({ conversation_id: group, user_id: eve.id }),
    );
    expect(bodiesIn(atEve)).toEqual(['with both', 'without Ben']);
    expect(bodiesIn(atBen)).toEqual(['before', 'with both']);
  });

  test('of a membership that ends strangers learn an id that says nothing', async () => {
    const group = await start(ada, [ben], 'Group');
    const atEve = await listen(eve);
    await ben.client.from('conversation_members').delete().eq('user_id', ben.id).throwOnError();
    await until(() => atEve.changes.length === 1);

    expect(atEve.changes).toMatchObject([{ eventType: 'DELETE', new: {}, old: { id: expect.any(String) } }]);
    for (const known of [ada.id, ben.id, group]) expect(JSON.stringify(atEve.changes)).not.toContain(known);
  });

  test('a theme that is chosen comes to the other windows of its user, and to nobody else', async () => {
    const watches = await Promise.all(
      [ada, ben].map(({ client }) => watchChanges(client, [{ table: 'user_preferences', event: 'UPDATE' }])),
    );
    await ada.client.from('user_preferences').update({ theme: 'dark' }).eq('user_id', ada.id).throwOnError();
    await until(() => watches[0]?.changes.length === 1);
    await sleep(SILENCE_MS);

    expect(watches[0]?.changes).toMatchObject([{ new: { user_id: ada.id, theme: 'dark' } }]);
    expect(watches[1]?.changes).toEqual([]);
  });

  test('a name that is changed comes to its user alone', async () => {
    await start(ada, [ben]);
    const watches = [await watchProfiles(ada), await watchProfiles(ben)];
    await ada.client.from('user_profiles').update({ name: 'Ada L.' }).eq('id', ada.id).throwOnError();
    const names = () => watches[0]?.changes.map(({ new: row }) => ('name' in row ? row.name : null));
    await until(() => names()?.includes('Ada L.') ?? false);
    await sleep(SILENCE_MS);

    const ids = (watch?: Watch) =>
      new Set(watch?.changes.map(({ new: row }) => ('id' in row ? row.id : null)));
    expect(ids(watches[0])).toEqual(new Set([ada.id]));
    expect(ids(watches[1])).not.toContain(ada.id);
  });
});

const watchProfiles = ({ client }: Correspondent): Promise<Watch> =>
  watchChanges(client, [{ table: 'user_profiles' }]);

describe('through the Data API', () => {
  test('too many messages are 429, with the time to wait', async () => {
    const conversation_id = await start(ada, [ben]);
    const bodies = Array.from({ length: 50 }, (_, n) => ({ conversation_id, body: `${n}` }));
    const answers = await Promise.all(bodies.map((message) => ada.client.from('messages').insert(message)));
    const refused = answers.filter(({ error }) => error !== null);

    expect(refused).toHaveLength(20);
    for (const { status, error } of refused) {
      expect(status).toBe(429);
      expect(error).toMatchObject({
        code: 'PT429',
        message: 'rate_limited',
        details: 'At most 30 messages in 00:01:00.',
        hint: expect.stringMatching(/^Try again in \d+ seconds\.$/),
      });
    }
  });

  test.each<
    [string, number, string, (conversation: string) => PromiseLike<{ status: number; error: unknown }>]
  >([
    [
      'white space',
      422,
      'PT422',
      (id) => ada.client.from('messages').insert({ conversation_id: id, body: ' ' }),
    ],
    ['NUL', 400, '22', (id) => ada.client.from('messages').insert({ conversation_id: id, body: 'a\0b' })],
    ['no text', 422, 'PT422', (id) => ada.client.from('messages').insert({ conversation_id: id })],
    [
      'empty text',
      422,
      'PT422',
      (id) => ada.client.from('messages').insert({ conversation_id: id, body: '' }),
    ],
    [
      'no such conversation',
      403,
      '42501',
      () => ada.client.from('messages').insert({ conversation_id: randomUUID(), body: 'x' }),
    ],
    [
      'what is no id',
      400,
      '22P02',
      () => ada.client.from('messages').insert({ conversation_id: 'x', body: 'x' }),
    ],
    [
      'a stranger',
      403,
      '42501',
      (id) => eve.client.from('messages').insert({ conversation_id: id, body: 'x' }),
    ],
    [
      'nobody',
      401,
      '42501',
      (id) => messaging.stranger.from('messages').insert({ conversation_id: id, body: 'x' }),
    ],
    [
      'another sender',
      403,
      '42501',
      (id) => ada.client.from('messages').insert({ conversation_id: id, body: 'x', sender_id: eve.id }),
    ],
    [
      'a file that is none',
      400,
      '22023',
      (id) =>
        ada.client
          .from('messages')
          .insert({ conversation_id: id, body: 'x', attachment_file_id: randomUUID() }),
    ],
    [
      'a conversation with nobody',
      422,
      'PT422',
      () => ada.client.rpc('start_conversation', { with_users: [] }),
    ],
    [
      'a conversation of nobody',
      401,
      '42501',
      () => messaging.stranger.rpc('start_conversation', { with_users: [ada.id] }),
    ],
    [
      'a user there is not',
      404,
      'PT404',
      () => ada.client.rpc('start_conversation', { with_users: [randomUUID()] }),
    ],
  ])('%s is refused with %i and %s', async (_what, status, code, ask) => {
    const answer = await ask(await start(ada, [ben]));

    expect(answer.status).toBe(status);
    expect(answer.error).toMatchObject({ code: expect.stringMatching(new RegExp(`^${code}`)) });
  });

  test('pages go back without a gap or a repetition while more is said', async () => {
    const conversation = await start(ada, [ben]);
    const bodies = Array.from({ length: 25 }, (_, n) => ({ conversation_id: conversation, body: `${n}` }));
    await ada.client.from('messages').insert(bodies).throwOnError();
    const read: number[] = [];
    for (let before = Number.MAX_SAFE_INTEGER; before > 1; ) {
      const { data } = await ben.client
        .from('messages')
        .select('position')
        .eq('conversation_id', conversation)
        .lt('position', before)
        .order('position', { ascending: false })
        .limit(10)
        .throwOnError();
      const page = (data ?? []).map(({ position }) => Number(position));
      read.push(...page);
      before = page.at(-1) ?? 0;
      await send(ben, conversation, 'meanwhile');
    }

    expect(read).toEqual(Array.from({ length: 25 }, (_, n) => 25 - n));
  });
});
