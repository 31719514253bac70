import { randomUUID } from 'node:crypto';
import { type Conversing, openConversing, type Person } from '../support/conversing';

/** What a token opens at Supabase itself once its holder may not act any more, although it has not expired. */
let talk: Conversing;
let ada: Person;
let ben: Person;
let session: string;
let conversation: string;

beforeAll(async () => {
  talk = await openConversing();
  // Supabase Auth has it; the embedded one knows no second factors.
  await talk.admin('create table auth.mfa_factors (user_id uuid, status text)');
  await talk.admin('grant select on auth.mfa_factors to postgres');
});
beforeEach(async () => {
  session = randomUUID();
  [ada, ben] = await Promise.all([talk.newPerson('Ada', session), talk.newPerson('Ben')]);
  await talk.admin('insert into auth.sessions (id, user_id) values ($1, $2)', [session, ada.id]);
  conversation = await talk.start(ada, ben);
  await talk.send(ben, conversation, 'Hello');
  const [file, key] = [randomUUID(), `${ada.id}/a`];
  await talk.admin(
    `insert into public.files (id, user_id, purpose, name, declared_type, size_bytes, status, type, bucket, object_key, sha256, decided_at)
     values ($1, $2, 'document', 'a.pdf', 'application/pdf', 1, 'accepted', 'application/pdf', 'documents', $3, repeat('a', 64), now())`,
    [file, ada.id, key],
  );
  await talk.admin(`insert into storage.objects (bucket_id, name) values ('documents', $1)`, [key]);
});
afterAll(() => talk.close());

const SEEN = `
  select (select count(*) from public.user_profiles)::int as profiles, (select count(*) from public.messages)::int as messages,
    (select count(*) from public.my_conversations())::int as conversations, (select count(*) from storage.objects)::int as objects`;
const seen = async (): Promise<unknown> => (await ada.ask(SEEN))[0];

const EVERYTHING = { profiles: 1, messages: 1, conversations: 1, objects: 1 };
const NOTHING = { profiles: 0, messages: 0, conversations: 0, objects: 0 };
const FACTOR = `insert into auth.mfa_factors (user_id, status) values ($1, 'verified')`;

test('a session that lives opens what is its user’s', async () => {
  expect(await seen()).toEqual(EVERYTHING);
  expect(await talk.send(ada, conversation, 'Hello')).toBe(2);
});

test.each([
  ['has signed out', 'delete from auth.sessions where user_id = $1'],
  ['is banned', `update auth.users set banned_until = now() + interval '1 hour' where id = $1`],
  ['was deleted at Supabase', 'update auth.users set deleted_at = now() where id = $1'],
  ['holds a session that has run out', 'update auth.sessions set not_after = now() where user_id = $1'],
  [
    'names the session of somebody else',
    `update auth.sessions set user_id = (
     select id from auth.users where id <> $1 limit 1) where user_id = $1`,
  ],
  ['has a second factor and has not shown it', FACTOR],
])('whoever %s sees nothing and says nothing', async (_who, text) => {
  await talk.admin(text, [ada.id]);

  expect(await seen()).toEqual(NOTHING);
  await expect(talk.send(ada, conversation, 'Hello')).rejects.toMatchObject({ code: '42501' });
  await expect(ada.ask('select public.start_conversation($1)', [[ben.id]])).rejects.toMatchObject({
    message: 'unauthenticated',
  });
  expect(await ada.ask(`update public.user_profiles set name = 'Changed' returning id`)).toEqual([]);
});

test('a ban that has passed is none, and a factor that was shown opens', async () => {
  await talk.admin(`update auth.users set banned_until = now() where id = $1`, [ada.id]);
  await talk.admin(FACTOR, [ada.id]);
  await talk.admin(`update auth.sessions set aal = 'aal2' where user_id = $1`, [ada.id]);

  expect(await seen()).toEqual(EVERYTHING);
});
