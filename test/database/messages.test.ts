import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { exportPages } from '../support/account-export';
import { type Conversing, openConversing, type Person } from '../support/conversing';

let talk: Conversing;
let ada: Person;
let ben: Person;
let eve: Person;
let conversation: string;

beforeAll(async () => {
  talk = await openConversing();
});
beforeEach(async () => {
  [ada, ben, eve] = await Promise.all([talk.newPerson('Ada'), talk.newPerson('Ben'), talk.newPerson('Eve')]);
  conversation = await talk.start(ada, ben);
});
afterAll(() => talk.close());

interface Message {
  readonly id: string;
  readonly position: string;
  readonly sender_id: string | null;
  readonly body: string | null;
  readonly edited_at: Date | null;
  readonly deleted_at: Date | null;
}

const messagesOf = (person: Person): Promise<Message[]> =>
  person.ask<Message>('select * from public.messages where conversation_id = $1 order by position', [
    conversation,
  ]);
const bodiesFor = async (person: Person): Promise<unknown[]> =>
  (await messagesOf(person)).map(({ body }) => body);

const edit = (person: Person, id: string, body: string | null): Promise<Message[]> =>
  person.ask<Message>('update public.messages set body = $2 where id = $1 returning *', [id, body]);
const remove = (person: Person, id: string): Promise<Message[]> =>
  person.ask<Message>(`update public.messages set deleted_at = '2000-01-01' where id = $1 returning *`, [id]);

describe('sending', () => {
  test('goes to members alone, in the name of who sends', async () => {
    await talk.send(ada, conversation, 'Hello');

    expect(await messagesOf(ben)).toMatchObject([{ body: 'Hello', sender_id: ada.id, position: '1' }]);
    expect(await messagesOf(eve)).toEqual([]);
  });

  test('is refused to a stranger, to whoever left, and where there is no conversation, in the same words', async () => {
    await ben.ask('delete from public.conversation_members where user_id = $1', [ben.id]);
    const refused = { code: '42501', message: 'not_a_member' };

    await expect(talk.send(eve, conversation, 'Hello')).rejects.toMatchObject(refused);
    await expect(talk.send(ben, conversation, 'Hello')).rejects.toMatchObject(refused);
    await expect(talk.send(eve, randomUUID(), 'Hello')).rejects.toMatchObject(refused);
  });

  test.each(['sender_id', 'position', 'created_at', 'edited_at', 'deleted_at'])(
    'does not let anybody choose %s',
    async (column) => {
      const text = `insert into public.messages (conversation_id, body, ${column}) values ($1, 'x', default)`;

      await expect(ada.ask(text, [conversation])).rejects.toMatchObject({ code: '42501' });
    },
  );

  test('repeated with the same id is one message, counted and placed once', async () => {
    const id = randomUUID();
    const again = `insert into public.messages (id, conversation_id, body) values ($1, $2, 'again')
                   on conflict (id) do nothing returning id`;
    await talk.send(ada, conversation, 'once', id);
    const repeats = await Promise.all(Array.from({ length: 40 }, () => ada.ask(again, [id, conversation])));

    expect(repeats.flat()).toEqual([]);
    await expect(talk.send(ada, conversation, 'again', id)).rejects.toMatchObject({ code: '23505' });
    expect(await talk.send(ada, conversation, 'next')).toBe(2);
    expect(await bodiesFor(ben)).toEqual(['once', 'next']);
  });

  test('with the id of a message elsewhere is refused, also while that one is being deleted with its conversation', async () => {
    const [id, group, file] = [randomUUID(), randomUUID(), randomUUID()];
    await ada.ask('select public.start_conversation($1, $2, $3)', [[eve.id], 'Group', group]);
    await talk.send(ada, group, 'one');
    await talk.send(ada, group, 'two', id);
    await talk.admin(
      `insert into public.files (id, user_id, purpose, name, declared_type, size_bytes) values ($1, $2, 'attachment', 'a', 'text/plain', 1)`,
      [file, ben.id],
    );
    await ben.ask('insert into public.user_blocks (blocked_id) values ($1)', [ada.id]);
    const text =
      'insert into public.messages (id, conversation_id, body, attachment_file_id) values ($1, $2, $3, $4)';
    const steal = () => ada.ask(text, [id, conversation, 'Blocked', file]);
    const deleting = new Client({ connectionString: talk.adminUrl });
    await deleting.connect();
    try {
      await deleting.query('begin');
      await deleting.query('delete from public.conversations where id = $1', [group]);
      const stolen = steal().then(
        () => 'sent',
        ({ message }: Error) => message,
      );
      // Long enough for it to meet the key of the one that is going, if it gets that far.
      await Promise.race([stolen, sleep(300)]);
      await deleting.query('commit');

      expect(await stolen).toBe('message_exists');
      await expect(steal()).rejects.toMatchObject({ code: 'PT403', message: 'conversation_closed' });
      expect(await messagesOf(ben)).toEqual([]);
    } finally {
      await deleting.end();
    }
  });

  test.each([
    ['nothing', ''],
    ['white space', ' \n\t\u00a0\u3000\u2028'],
    ['one character too many', 'x'.repeat(4001)],
    ['a megabyte', 'x'.repeat(1_000_000)],
  ])('refuses %s', async (_what, body) => {
    await expect(talk.send(ada, conversation, body)).rejects.toMatchObject({
      code: 'PT422',
      message: 'body_invalid',
    });
  });

  test('refuses NUL', async () => {
    await expect(talk.send(ada, conversation, 'a\0b')).rejects.toMatchObject({ code: '22021' });
  });

  test('keeps 4000 characters of any alphabet, without the white space around them', async () => {
    const body = '🌍'.repeat(4000);
    await talk.send(ada, conversation, ` \n${body}\u00a0 `);

    expect(await bodiesFor(ben)).toEqual([body]);
  });

  test('is refused where everybody else has left, until the two start again', async () => {
    await ben.ask('delete from public.conversation_members where user_id = $1', [ben.id]);

    await expect(talk.send(ada, conversation, 'Hello?')).rejects.toMatchObject({
      code: 'PT409',
      message: 'nobody_else',
    });
    expect(await talk.start(ada, ben)).toBe(conversation);
    expect(await talk.send(ada, conversation, 'There you are')).toBe(1);
  });

  test('into two conversations in one request is refused: two such requests could wait for each other', async () => {
    const other = await talk.start(ada, eve);

    await expect(
      ada.ask(`insert into public.messages (conversation_id, body) values ($1, 'x'), ($2, 'x')`, [
        conversation,
        other,
      ]),
    ).rejects.toMatchObject({ code: 'PT400', message: 'one_conversation_at_a_time' });
  });

  test('takes no attachment that is not an accepted one of the sender', async () => {
    const text = `insert into public.messages (conversation_id, body, attachment_file_id) values ($1, 'x', $2)`;

    await expect(ada.ask(text, [conversation, randomUUID()])).rejects.toMatchObject({
      code: '22023',
      message: 'file_not_usable',
    });
  });
});

describe('editing', () => {
  test('changes the own text, says when, and keeps the earlier one where no user sees it', async () => {
    const id = randomUUID();
    await talk.send(ada, conversation, 'Helo', id);
    const [edited] = await edit(ada, id, '  Hello ');

    expect(edited).toMatchObject({ body: 'Hello', edited_at: expect.any(Date) });
    const kept = await talk.admin('select body from private.message_edits where message_id = $1', [id]);
    expect(kept).toEqual([{ body: 'Helo' }]);
    await expect(ada.ask('select * from private.message_edits')).rejects.toMatchObject({ code: '42501' });
  });

  test('to the same text is no edit', async () => {
    const id = randomUUID();
    await talk.send(ada, conversation, 'Hello', id);

    expect(await edit(ada, id, 'Hello ')).toMatchObject([{ body: 'Hello', edited_at: null }]);
  });

  test.each([
    ['the other member', () => ben],
    ['a stranger', () => eve],
  ])('changes nothing for %s', async (_who, person) => {
    const id = randomUUID();
    await talk.send(ada, conversation, 'Hello', id);

    expect(await edit(person(), id, 'Forged')).toEqual([]);
    expect(await remove(person(), id)).toEqual([]);
    expect(await bodiesFor(ben)).toEqual(['Hello']);
  });

  test('ends after fifteen minutes; deleting does not', async () => {
    const id = randomUUID();
    await talk.send(ada, conversation, 'Hello', id);
    await talk.admin(
      `update public.messages set created_at = created_at - interval '15 minutes' where id = $1`,
      [id],
    );

    await expect(edit(ada, id, 'Too late')).rejects.toMatchObject({
      code: 'PT409',
      message: 'edit_too_late',
    });
    expect(await remove(ada, id)).toHaveLength(1);
  });

  test('follows the rules of sending', async () => {
    const id = randomUUID();
    await talk.send(ada, conversation, 'Hello', id);

    for (const body of ['', ' ', null, 'x'.repeat(4001)])
      await expect(edit(ada, id, body)).rejects.toMatchObject({ code: 'PT422' });
    await ada.ask('delete from public.conversation_members where user_id = $1', [ada.id]);
    expect(await edit(ada, id, 'From outside')).toEqual([]);
  });

  test.each(['conversation_id', 'position', 'sender_id', 'created_at', 'attachment_file_id'])(
    'does not reach %s',
    async (column) => {
      await expect(ada.ask(`update public.messages set ${column} = ${column}`)).rejects.toMatchObject({
        code: '42501',
      });
    },
  );
});

describe('deleting', () => {
  test('leaves the row in its place and nothing of what it said, earlier texts included', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    await talk.send(ada, conversation, 'secret', first);
    await talk.send(ada, conversation, 'next', second);
    await edit(ada, first, 'still secret');
    const [deleted] = await remove(ada, first);

    expect(deleted).toMatchObject({ body: null, position: '1', sender_id: ada.id });
    expect(Date.now() - (deleted?.deleted_at?.getTime() ?? 0)).toBeLessThan(60_000);
    expect(await bodiesFor(ben)).toEqual([null, 'next']);
    const left = await talk.admin('select from private.message_edits where message_id = $1', [first]);
    expect(left).toEqual([]);
  });

  test('twice is once, and cannot be taken back', async () => {
    const id = randomUUID();
    await talk.send(ada, conversation, 'Hello', id);
    const [once] = await remove(ada, id);
    const [twice] = await remove(ada, id);

    expect(twice?.deleted_at).toEqual(once?.deleted_at);
    for (const text of [`body = 'x'`, `body = 'x', deleted_at = null`, 'deleted_at = null'])
      await expect(ada.ask(`update public.messages set ${text} where id = $1`, [id])).rejects.toMatchObject({
        code: 'PT409',
        message: 'message_deleted',
      });
  });

  test('the row itself is refused', async () => {
    await expect(ada.ask('delete from public.messages')).rejects.toMatchObject({ code: '42501' });
  });
});

describe('an account that is deleted', () => {
  test('leaves places without sender and text, and the conversation to the others', async () => {
    await talk.send(ada, conversation, 'mine');
    await talk.send(ben, conversation, 'yours');
    const blockers = await talk.admin('select private.delete_account($1) as blockers', [ada.id]);

    expect(blockers).toEqual([{ blockers: [] }]);
    expect(await messagesOf(ben)).toMatchObject([
      { body: null, sender_id: null, deleted_at: expect.any(Date) },
      { body: 'yours', sender_id: ben.id },
    ]);
  });

  test('may be one whose messages were deleted before', async () => {
    const id = randomUUID();
    await talk.send(ada, conversation, 'mine', id);
    await remove(ada, id);
    await talk.admin('delete from auth.users where id = $1', [ada.id]);

    expect(await messagesOf(ben)).toMatchObject([{ id, body: null, sender_id: null }]);
  });

  test('takes a conversation with it that nobody else is in', async () => {
    await ben.ask('delete from public.conversation_members where user_id = $1', [ben.id]);
    await talk.admin('select private.delete_account($1)', [ada.id]);

    const left = await talk.admin('select from public.conversations where id = $1', [conversation]);
    expect(left).toEqual([]);
  });

  test('was exported with what it wrote, and nothing that others did', async () => {
    const id = randomUUID();
    await talk.send(ada, conversation, 'Helo', id);
    await edit(ada, id, 'Hello');
    await talk.send(ben, conversation, 'confidential');
    await ada.ask('insert into public.user_blocks (blocked_id) values ($1)', [eve.id]);
    const query = async <Row>(text: string, values?: readonly unknown[]) => ({
      rows: await talk.admin<Row>(text, values),
      rowCount: null,
    });
    const [page] = await exportPages({ query }, ada.id);

    expect(page).toMatchObject({
      account: { id: ada.id },
      messages: [{ id, body: 'Hello' }],
      message_edits: [{ message_id: id, body: 'Helo' }],
      conversations: [{ id: conversation, is_pair: true }],
      blocks: [{ user_id: eve.id }],
      profile: { avatar_file_id: null },
    });
    expect(JSON.stringify(page)).not.toContain('confidential');
  });
});
