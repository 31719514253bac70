import { randomUUID } from 'node:crypto';
import { type Conversing, openConversing, type Person } from '../support/conversing';

let talk: Conversing;
let ada: Person;
let ben: Person;
let eve: Person;
let pair: string;

beforeAll(async () => {
  talk = await openConversing();
});
beforeEach(async () => {
  [ada, ben, eve] = await Promise.all([talk.newPerson('Ada'), talk.newPerson('Ben'), talk.newPerson('Eve')]);
  pair = await talk.start(ada, ben);
});
afterAll(() => talk.close());

/** An accepted file with its object, as the files service leaves them. */
const store = async ({ id: owner }: Person, purpose: string): Promise<string> => {
  const file = randomUUID();
  const place = [`${purpose}s`, `${owner}/${file}`];
  await talk.admin(
    `insert into public.files (id, user_id, purpose, name, declared_type, size_bytes, status, type, bucket, object_key,
       sha256, decided_at)
     values ($1, $2, $3, 'a.png', 'image/png', 1, 'accepted', 'image/png', $4, $5, repeat('a', 64), now())`,
    [file, owner, purpose, ...place],
  );
  await talk.admin('insert into storage.objects (bucket_id, name) values ($1, $2)', place);
  return file;
};
const attach = async (file: string): Promise<string> => {
  const id = randomUUID();
  await ada.ask(
    `insert into public.messages (id, conversation_id, body, attachment_file_id) values ($1, $2, 'See', $3)`,
    [id, pair, file],
  );
  return id;
};
const objectsFor = async (person: Person): Promise<readonly (string | undefined)[]> =>
  (await person.ask<{ name: string }>('select name from storage.objects')).map(
    ({ name }) => name.split('/')[1],
  );

test('what is only stored is its owner’s alone', async () => {
  const files = [await store(ada, 'avatar'), await store(ada, 'attachment'), await store(ada, 'document')];

  expect((await objectsFor(ada)).toSorted()).toEqual(files.toSorted());
  expect(await objectsFor(ben)).toEqual([]);
});

test('a picture is shown to those whom one talks with, while it is worn', async () => {
  const file = await store(ada, 'avatar');
  await ada.ask('update public.user_profiles set avatar_file_id = $1', [file]);

  expect(await objectsFor(ben)).toEqual([file]);
  expect(await objectsFor(eve)).toEqual([]);
  await ada.ask('update public.user_profiles set avatar_file_id = null');
  expect(await objectsFor(ben)).toEqual([]);
});

test('an attachment is shown to who sees its message, until that is deleted', async () => {
  const file = await store(ada, 'attachment');
  const message = await attach(file);

  expect(await objectsFor(ben)).toEqual([file]);
  expect(await objectsFor(eve)).toEqual([]);
  await ada.ask('update public.messages set deleted_at = now() where id = $1', [message]);
  expect(await objectsFor(ben)).toEqual([]);
});

test('whoever left, and joined again, does not see what was attached before', async () => {
  await attach(await store(ada, 'attachment'));
  await ben.ask('delete from public.conversation_members where user_id = $1', [ben.id]);

  expect(await objectsFor(ben)).toEqual([]);
  await talk.start(ben, ada);
  expect(await objectsFor(ben)).toEqual([]);
});

test('a file that is deleted leaves its message', async () => {
  const file = await store(ada, 'attachment');
  const message = await attach(file);
  await talk.admin('delete from public.files where id = $1', [file]);

  expect(await ben.ask('select id, body, attachment_file_id, edited_at from public.messages')).toEqual([
    { id: message, body: 'See', attachment_file_id: null, edited_at: null },
  ]);
});
