import { randomUUID } from 'node:crypto';
import { type Conversing, openConversing, type Person } from '../support/conversing';

let talk: Conversing;
let ada: Person;

beforeAll(async () => {
  talk = await openConversing();
});
beforeEach(async () => {
  ada = await talk.newPerson('Ada');
});
afterAll(() => talk.close());

const profileOf = async (person: Person): Promise<Record<string, unknown>> =>
  (await person.ask<Record<string, unknown>>('select * from public.user_profiles'))[0] ?? {};

/** A file of that person, as the files service would have left it. */
const upload = async (person: Person, purpose: string, status: string): Promise<string> => {
  const id = randomUUID();
  const accepted = status === 'accepted';
  await talk.admin(
    `insert into public.files (id, user_id, purpose, name, declared_type, size_bytes, status, type, bucket, object_key,
       sha256, decided_at)
     values ($1, $2, $3, 'a.png', 'image/png', 1, $4, $5, $6, $7, $8, $9)`,
    [
      id,
      person.id,
      purpose,
      status,
      ...(accepted ? ['image/png', 'avatars', id, 'a'.repeat(64), new Date()] : Array(5)),
    ],
  );
  return id;
};
const wear = (person: Person, file: string | null): Promise<unknown[]> =>
  person.ask('update public.user_profiles set avatar_file_id = $1 returning avatar_file_id', [file]);

describe('a picture', () => {
  test('is an accepted file of one’s own, and taken off with it', async () => {
    const file = await upload(ada, 'avatar', 'accepted');

    expect(await wear(ada, file)).toEqual([{ avatar_file_id: file }]);
    await talk.admin('delete from public.files where id = $1', [file]);
    expect(await profileOf(ada)).toMatchObject({ id: ada.id, avatar_file_id: null });
  });

  test('is shown to those whom one talks with', async () => {
    const ben = await talk.newPerson('Ben');
    const file = await upload(ada, 'avatar', 'accepted');
    await wear(ada, file);
    const pair = await talk.start(ada, ben);
    const seen = await ben.ask(
      'select name, avatar_file_id from public.list_members($1) where user_id = $2',
      [pair, ada.id],
    );

    expect(seen).toEqual([{ name: 'Ada', avatar_file_id: file }]);
  });

  test.each([
    ['another’s', async () => upload(await talk.newPerson(), 'avatar', 'accepted')],
    ['one for another purpose', () => upload(ada, 'attachment', 'accepted')],
    ['one that was not looked at', () => upload(ada, 'avatar', 'pending')],
    ['none', () => Promise.resolve(randomUUID())],
  ])('is not %s, in one answer for all', async (_which, file) => {
    await expect(wear(ada, await file())).rejects.toMatchObject({
      code: '22023',
      message: 'file_not_usable',
      detail: 'This is no accepted file of yours with the purpose avatar.',
    });
  });
});

test('an attachment is an accepted file of the sender', async () => {
  const ben = await talk.newPerson('Ben');
  const pair = await talk.start(ada, ben);
  const text = `insert into public.messages (conversation_id, body, attachment_file_id) values ($1, 'See', $2)
    returning attachment_file_id`;
  const file = await upload(ada, 'attachment', 'accepted');

  expect(await ada.ask(text, [pair, file])).toEqual([{ attachment_file_id: file }]);
  await expect(ben.ask(text, [pair, file])).rejects.toMatchObject({ message: 'file_not_usable' });
});

describe('a name', () => {
  test('is one line that reads as it is written', async () => {
    await ada.ask('update public.user_profiles set name = $1', [' Ada\nLove\u202Elace\u0007 ']);

    expect(await profileOf(ada)).toMatchObject({ name: 'Ada Love lace' });
  });

  test('has 120 characters at most', async () => {
    await expect(
      ada.ask('update public.user_profiles set name = $1', ['x'.repeat(121)]),
    ).rejects.toMatchObject({
      code: '23514',
    });
  });

  test('sent with a sign-up never fails it', async () => {
    const odd = await talk.newPerson(`\u0001\u202E${'x'.repeat(300)}`);

    expect((await profileOf(odd)).name).toMatch(/^x+$/);
  });
});

describe('preferences', () => {
  const choose = (column: string, value: string): Promise<unknown[]> =>
    ada.ask(`update public.user_preferences set ${column} = $1 returning ${column}`, [value]);

  test.each([
    ['locale', 'zh-Hant-TW', 'zh-Hant-TW'],
    ['theme', 'dark', 'dark'],
    ['timezone', 'america/argentina/ushuaia', 'America/Argentina/Ushuaia'],
    ['timezone', 'UTC', 'UTC'],
  ])('keep %s %s', async (column, value, kept) => {
    expect(await choose(column, value)).toEqual([{ [column]: kept }]);
  });

  test.each([
    ['locale', 'english', '23514'],
    ['locale', 'de_DE', '23514'],
    ['theme', 'pink', '23514'],
    ['timezone', 'Mars/Olympus', '22023'],
    ['timezone', '+0100', '22023'],
    ['timezone', 'Foo+5', '22023'],
  ])('refuse %s %s', async (column, value, code) => {
    await expect(choose(column, value)).rejects.toMatchObject({ code });
  });
});
