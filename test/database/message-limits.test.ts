import { randomUUID } from 'node:crypto';
import { type Conversing, openConversing, type Person } from '../support/conversing';

let talk: Conversing;
let ada: Person;
let ben: Person;

beforeAll(async () => {
  talk = await openConversing(24);
});
beforeEach(async () => {
  [ada, ben] = await Promise.all([talk.newPerson('Ada'), talk.newPerson('Ben')]);
});
afterAll(() => talk.close());

/** How many were let through, and why the others were not. */
const outcomesOf = async (
  calls: readonly Promise<unknown>[],
): Promise<{ done: number; refusals: readonly { code: string; hint: string }[] }> => {
  const settled = await Promise.allSettled(calls);
  const refusals = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  return { done: settled.length - refusals.length, refusals };
};

const LIMITED = {
  code: 'PT429',
  message: 'rate_limited',
  hint: expect.stringMatching(/^Try again in \d+ seconds\.$/),
};

test('of fifty messages at the same moment thirty are sent, into however many conversations', async () => {
  const others = await Promise.all([talk.newPerson(), talk.newPerson(), talk.newPerson()]);
  const conversations = await Promise.all([ben, ...others].map((other) => talk.start(ada, other)));
  const { done, refusals } = await outcomesOf(
    Array.from({ length: 50 }, (_, n) => talk.send(ada, conversations[n % 4] ?? '', `${n}`)),
  );

  expect(done).toBe(30);
  for (const refusal of refusals) expect(refusal).toMatchObject(LIMITED);
  const [row] = await ada.ask<{ count: string }>('select count(*) from public.messages');
  expect(row?.count).toBe('30');
});

test('one sender’s limit is nobody else’s, and what is refused for another reason counts nothing', async () => {
  const pair = await talk.start(ada, ben);
  await outcomesOf(Array.from({ length: 40 }, () => talk.send(ada, pair, ' ')));

  const { done } = await outcomesOf(
    [ada, ben].flatMap((who) => Array.from({ length: 31 }, () => talk.send(who, pair, 'x'))),
  );
  expect(done).toBe(60);
});

test('messages of one conversation have the places 1, 2, 3 ... in the order of their times', async () => {
  const pair = await talk.start(ada, ben);
  const senders = Array.from({ length: 60 }, (_, n) => (n % 2 === 0 ? ada : ben));
  await Promise.all(senders.map((sender, n) => talk.send(sender, pair, `${n}`)));
  const rows = await ada.ask<{ position: string }>(
    'select position from public.messages where conversation_id = $1 order by created_at, position',
    [pair],
  );

  expect(rows.map(({ position }) => Number(position))).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
});

test('a request with thirty-one messages sends none of them', async () => {
  const pair = await talk.start(ada, ben);
  const text = `insert into public.messages (conversation_id, body) select $1, n::text from generate_series(1, $2::int) n`;

  await expect(ada.ask(text, [pair, 31])).rejects.toMatchObject(LIMITED);
  await ada.ask(text, [pair, 30]);
  await expect(talk.send(ada, pair, 'one more')).rejects.toMatchObject(LIMITED);
});

test('of twenty new conversations at the same moment ten are started; an old one may be opened again', async () => {
  const pair = await talk.start(ada, ben);
  const others = await Promise.all(Array.from({ length: 20 }, () => talk.newPerson()));
  const { done, refusals } = await outcomesOf(others.map((other) => talk.start(ada, other)));

  expect(done).toBe(9);
  for (const refusal of refusals) expect(refusal).toMatchObject(LIMITED);
  expect(await talk.start(ada, ben)).toBe(pair);
});

test('edits are counted by themselves', async () => {
  const pair = await talk.start(ada, ben);
  const id = randomUUID();
  await talk.send(ada, pair, 'first', id);
  const { done, refusals } = await outcomesOf(
    Array.from({ length: 35 }, (_, n) =>
      ada.ask('update public.messages set body = $2 where id = $1', [id, `${n}`]),
    ),
  );

  expect(done).toBe(30);
  for (const refusal of refusals) expect(refusal).toMatchObject(LIMITED);
});

test('members who leave, send and delete their accounts at the same moment stop nobody for good', async () => {
  const crowd = await Promise.all(Array.from({ length: 9 }, () => talk.newPerson()));
  await talk.start(ada, ben, ...crowd);
  const [row] = await ada.ask<{ id: string }>('select id from public.my_conversations()');
  const group = row?.id ?? '';
  const { refusals } = await outcomesOf([
    ...Array.from({ length: 20 }, () => talk.send(ben, group, 'still here')),
    ...crowd.slice(0, 4).map(({ id }) => talk.admin('select private.delete_account($1)', [id])),
    ...[ada, ...crowd.slice(4, 7)].map(({ ask, id }) =>
      ask('delete from public.conversation_members where user_id = $1', [id]),
    ),
  ]);

  expect(refusals).toEqual([]);
  const members = await ben.ask<{ role: string }>(
    'select role from public.conversation_members order by role desc',
  );
  expect(members.map(({ role }) => role)).toEqual(['owner', 'member', 'member']);
});
