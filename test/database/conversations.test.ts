import { randomUUID } from 'node:crypto';
import { type Conversing, openConversing, type Person } from '../support/conversing';

let talk: Conversing;
let ada: Person;
let ben: Person;
let eve: Person;

beforeAll(async () => {
  talk = await openConversing(16);
});
beforeEach(async () => {
  [ada, ben, eve] = await Promise.all([talk.newPerson('Ada'), talk.newPerson('Ben'), talk.newPerson('Eve')]);
});
afterAll(() => talk.close());

const idsOf = (people: readonly Person[]): string[] => people.map(({ id }) => id);
const startGroup = async (
  person: Person,
  others: readonly Person[],
  id: string | null = null,
): Promise<string> => {
  const [row] = await person.ask<{ id: string }>(`select public.start_conversation($1, 'Group', $2) as id`, [
    idsOf(others),
    id,
  ]);
  return row?.id ?? '';
};
const add = (owner: Person, conversation: string, member: Person): Promise<unknown[]> =>
  owner.ask('select public.add_member($1, $2)', [conversation, member.id]);
const leave = (person: Person, conversation: string, who: Person = person): Promise<unknown[]> =>
  person.ask(
    'delete from public.conversation_members where conversation_id = $1 and user_id = $2 returning id',
    [conversation, who.id],
  );
const block = (person: Person, other: Person): Promise<unknown[]> =>
  person.ask('insert into public.user_blocks (blocked_id) values ($1)', [other.id]);
const bodiesFor = async (person: Person, conversation: string): Promise<unknown[]> => {
  const text = 'select body from public.messages where conversation_id = $1 order by position';
  return (await person.ask<{ body: string }>(text, [conversation])).map(({ body }) => body);
};
const membersFor = async (person: Person, conversation: string): Promise<unknown[]> => {
  const text =
    'select user_id, role from public.conversation_members where conversation_id = $1 order by role';
  return person.ask(text, [conversation]);
};

describe('a conversation of two', () => {
  test('is one, whoever starts it, however often and at the same moment', async () => {
    const ids = await Promise.all(
      Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? talk.start(ada, ben) : talk.start(ben, ada))),
    );

    expect(new Set(ids).size).toBe(1);
    expect(await membersFor(eve, ids[0] ?? '')).toEqual([]);
    expect(await membersFor(ada, ids[0] ?? '')).toHaveLength(2);
  });

  test('belongs to neither: nobody removes the other, adds a third or names it', async () => {
    const pair = await talk.start(ada, ben);

    expect(await leave(ada, pair, ben)).toEqual([]);
    await expect(add(ada, pair, eve)).rejects.toMatchObject({ code: 'PT403' });
    expect(await ada.ask(`update public.conversations set title = 'Ours' returning id`)).toEqual([]);
  });

  test.each([
    ['nobody', []],
    ['oneself', ['self']],
    ['more than 49', Array.from({ length: 50 }, () => randomUUID())],
    ['null', [null]],
  ])('is not started with %s', async (_whom, ids) => {
    const text = 'select public.start_conversation($1)';
    const whom = ids.map((id) => (id === 'self' ? ada.id : id));

    await expect(ada.ask(text, [whom])).rejects.toMatchObject({ code: 'PT422' });
  });
});

describe('a group', () => {
  test('started again with the same id is the same; another’s id is refused', async () => {
    const id = randomUUID();

    expect(await startGroup(ada, [ben, eve], id)).toBe(id);
    expect(await startGroup(ada, [ben, eve], id)).toBe(id);
    await expect(startGroup(await talk.newPerson(), [ben], id)).rejects.toMatchObject({ code: 'PT409' });
  });

  test('shows those who join later what is said from then on', async () => {
    const group = await startGroup(ada, [ben]);
    await talk.send(ada, group, 'before');
    await add(ada, group, eve);
    await talk.send(ada, group, 'after');

    expect(await bodiesFor(eve, group)).toEqual(['after']);
    expect(await bodiesFor(ben, group)).toEqual(['before', 'after']);
  });

  test('shows those who left, or were removed, nothing any more, not even their own', async () => {
    const group = await startGroup(ada, [ben, eve]);
    await talk.send(ben, group, 'mine');
    await leave(ben, group);
    await leave(ada, group, eve);

    for (const gone of [ben, eve]) {
      expect(await bodiesFor(gone, group)).toEqual([]);
      expect(await membersFor(gone, group)).toEqual([]);
      expect(await gone.ask('select from public.conversations where id = $1', [group])).toEqual([]);
      expect(await gone.ask('select from public.list_members($1)', [group])).toEqual([]);
    }
    expect(await bodiesFor(ada, group)).toEqual(['mine']);
  });

  test('lets its owner alone add, remove and name', async () => {
    const group = await startGroup(ada, [ben]);

    await expect(add(ben, group, eve)).rejects.toMatchObject({ code: 'PT403', message: 'not_the_owner' });
    await expect(add(eve, group, eve)).rejects.toMatchObject({ code: 'PT403', message: 'not_the_owner' });
    expect(await leave(ben, group, ada)).toEqual([]);
    expect(await ben.ask(`update public.conversations set title = 'Bens' returning id`)).toEqual([]);
    expect(await ada.ask(`update public.conversations set title = 'Adas' returning id`)).toEqual([
      { id: group },
    ]);
  });

  test('has an owner as long as it has members, and is gone with the last', async () => {
    const group = await startGroup(ada, [ben, eve]);
    await talk.send(ada, group, 'Hello');
    await leave(ada, group);
    const roles = (await membersFor(ben, group)) as { role: string }[];

    expect(roles.map(({ role }) => role)).toEqual(['member', 'owner']);
    await Promise.all([leave(ben, group), leave(eve, group)]);
    expect(await talk.admin('select from public.messages where conversation_id = $1', [group])).toEqual([]);
    expect(await talk.admin('select from public.conversations where id = $1', [group])).toEqual([]);
  });

  test('takes fifty members, also when many are added at the same moment', async () => {
    const crowd = await Promise.all(Array.from({ length: 55 }, () => talk.newPerson()));
    const group = await startGroup(ada, crowd.slice(0, 40));
    const outcomes = await Promise.allSettled(crowd.slice(40).map((person) => add(ada, group, person)));
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));

    expect(refused).toHaveLength(6);
    for (const reason of refused)
      expect(reason).toMatchObject({ code: 'PT409', message: 'conversation_full' });
    expect(await membersFor(ada, group)).toHaveLength(50);
  });
});

describe('a block', () => {
  test('closes the conversation of the two, both ways, and is seen by nobody but its owner', async () => {
    const pair = await talk.start(ada, ben);
    await block(ada, ben);
    const closed = { code: 'PT403', message: 'conversation_closed' };

    await expect(talk.send(ben, pair, 'Hello')).rejects.toMatchObject(closed);
    await expect(talk.send(ada, pair, 'Hello')).rejects.toMatchObject(closed);
    expect(await ben.ask('select * from public.user_blocks')).toEqual([]);
    await ada.ask('delete from public.user_blocks');
    expect(await talk.send(ben, pair, 'Hello')).toBe(1);
  });

  test('answers like an account that does not exist', async () => {
    await block(ben, ada);
    const group = await startGroup(ada, [eve]);
    const refusal = (call: Promise<unknown>) =>
      call.then(
        () => 'none',
        (error: unknown) => JSON.stringify(error),
      );
    const starting = (id: string) => refusal(ada.ask('select public.start_conversation($1)', [[id]]));
    const adding = (id: string) => refusal(ada.ask('select public.add_member($1, $2)', [group, id]));

    expect(await starting(ben.id)).toBe(await starting(randomUUID()));
    expect(await adding(ben.id)).toBe(await adding(randomUUID()));
    await expect(talk.start(ada, ben)).rejects.toMatchObject({
      code: 'PT404',
      message: 'user_not_available',
    });
  });

  test('is in the own name alone', async () => {
    const text = 'insert into public.user_blocks (user_id, blocked_id) values ($1, $2)';

    await expect(ada.ask(text, [ben.id, eve.id])).rejects.toMatchObject({ code: '42501' });
    await expect(block(ada, ada)).rejects.toMatchObject({ code: '23514' });
  });
});

describe('the read marker', () => {
  const mark = async (person: Person, conversation: string, position: number): Promise<number> => {
    const [row] = await person.ask<{ at: string }>(
      `update public.conversation_members set last_read_position = $3
       where conversation_id = $1 and user_id = $2 returning last_read_position as at`,
      [conversation, person.id, position],
    );
    return Number(row?.at);
  };
  const unreadOf = async (person: Person): Promise<unknown[]> =>
    (await person.ask<{ unread: number }>('select unread from public.my_conversations()')).map(
      ({ unread }) => unread,
    );

  test('moves forward alone, and no further than there are messages', async () => {
    const pair = await talk.start(ada, ben);
    for (const body of ['1', '2', '3']) await talk.send(ada, pair, body);

    expect(await mark(ben, pair, 2)).toBe(2);
    expect(await mark(ben, pair, 1)).toBe(2);
    expect(await mark(ben, pair, 99)).toBe(3);
    const marks = await Promise.all([3, 1, 2, 3, 0].map((position) => mark(ada, pair, position)));
    expect(await mark(ada, pair, 0)).toBe(3);
    expect(Math.max(...marks)).toBe(3);
  });

  test('is the own one', async () => {
    const pair = await talk.start(ada, ben);
    await talk.send(ada, pair, 'Hello');
    const text =
      'update public.conversation_members set last_read_position = 1 where user_id = $1 returning id';

    expect(await ada.ask(text, [ben.id])).toEqual([]);
    await expect(ada.ask(`update public.conversation_members set role = 'owner'`)).rejects.toMatchObject({
      code: '42501',
    });
  });

  test('counts what others said behind it, and neither the own nor the deleted', async () => {
    const pair = await talk.start(ada, ben);
    const deleted = randomUUID();
    await talk.send(ada, pair, 'one');
    await talk.send(ben, pair, 'mine');
    await talk.send(ada, pair, 'gone', deleted);
    await talk.send(ada, pair, 'two');
    await ada.ask('update public.messages set deleted_at = now() where id = $1', [deleted]);

    expect(await unreadOf(ben)).toEqual([2]);
    expect(await unreadOf(ada)).toEqual([1]);
    expect(await unreadOf(eve)).toEqual([]);
    await mark(ben, pair, 1);
    expect(await unreadOf(ben)).toEqual([1]);
  });
});

describe('what partners see', () => {
  test('is name and picture, and neither address nor metadata', async () => {
    const pair = await talk.start(ada, ben);
    const people = await ada.ask<Record<string, unknown>>('select * from public.list_members($1)', [pair]);

    expect(people.map(({ name }) => name).toSorted()).toEqual(['Ada', 'Ben']);
    expect(Object.keys(people[0] ?? {}).toSorted()).toEqual(
      [
        'avatar_file_id',
        'avatar_url',
        'joined_at',
        'last_read_position',
        'name',
        'role',
        'user_id',
      ].toSorted(),
    );
    expect(await ada.ask('select id from public.user_profiles')).toEqual([{ id: ada.id }]);
  });

  test('is nothing for a stranger', async () => {
    const pair = await talk.start(ada, ben);

    expect(await eve.ask('select * from public.list_members($1)', [pair])).toEqual([]);
  });
});
