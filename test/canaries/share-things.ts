import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { LOCAL_KEYS } from '../../local/parts/local-keys';
import { makePng, pngChunk } from '../support/files/make-png';
import type { Account, Day } from './live-a-day';

/** Files with telling names and contents, words to somebody else, and what mails and webhooks make of it all. */
export const shareThings = async (day: Day, account: Account): Promise<void> => {
  const own = await signIn(day, account.email, account.password);
  await upload(day, account, own.client, 'image/png');
  await upload(day, account, own.client, 'application/pdf');
  await talk(day, own);
  for (const [name, task] of [
    ['outbox', 'outbox'],
    ['sweepChanges', 'changes'],
    ['inspect', 'sweep-files'],
  ] as const)
    await day.tandem.invoke(name, { task });
};

interface SignedIn {
  readonly id: string;
  readonly client: SupabaseClient;
}

/** With the official client, as a browser has it. */
const signIn = async (
  { tandem, visitor }: Day,
  email: string,
  password: string,
  path = '/api/auth/signin',
): Promise<SignedIn> => {
  const answer = await visitor.call('POST', path, { body: { email, password } });
  const { user, supabase_session: session } = visitor.keepTokens(`${path} of a browser`, answer).body;
  const { supabasePublishableKey } = LOCAL_KEYS;
  const client = createClient(tandem.info.urls.supabase ?? '', supabasePublishableKey, {
    accessToken: async () => session.access_token,
  });
  return { id: user.id, client };
};

/** Accepted when it is the picture that it is, refused when it is said to be something else. */
const upload = async (
  { canaries, visitor }: Day,
  { headers }: Account,
  client: SupabaseClient,
  type: string,
): Promise<void> => {
  const author = Buffer.from(`Author\0${canaries.plant('person', `author of a file, ${type}`)}`);
  const bytes = makePng({ before: [pngChunk('tEXt', author)] });
  const name = `${canaries.plant('person', `name of a file, ${type}`)}.png`;
  const purpose = type === 'image/png' ? 'attachment' : 'document';
  const wish = { purpose, name, type, size: bytes.length };
  const asked = await visitor.call('POST', '/api/files/uploads', { headers, body: wish });
  if (asked.status !== 201) throw new Error(`no upload: ${JSON.stringify(asked.body)}`);
  const { file, upload: link } = asked.body;
  canaries.keep('token', `link of an upload, ${type}`, link.token);
  const content = new Blob([new Uint8Array(bytes)], { type });
  const { error } = await client.storage.from(link.bucket).uploadToSignedUrl(link.path, link.token, content);
  if (error !== null) throw error;
  await visitor.call('POST', `/api/files/${file.id}/complete`, { headers, body: {} });
  for (let tries = 0; tries < 200; tries += 1) {
    const { body } = await visitor.call('GET', `/api/files/${file.id}`, { headers });
    const url = body.download?.url;
    if (url !== undefined)
      canaries.keep('token', 'link of a download', new URL(url).searchParams.get('token') ?? '');
    if (body.file.status === 'accepted' || body.file.status === 'refused') return;
    await sleep(100);
  }
  throw new Error('nobody has looked at the file');
};

const talk = async (day: Day, { client }: SignedIn): Promise<void> => {
  const { canaries } = day;
  const friend = await signIn(
    day,
    canaries.plant('email', 'e-mail of a friend'),
    canaries.plant('password', 'password of a friend'),
    '/api/auth/signup',
  );
  const title = canaries.plant('person', 'title of a conversation');
  const { data: conversation_id } = await client
    .rpc('start_conversation', { with_users: [friend.id], title })
    .throwOnError();
  const body = canaries.plant('person', 'words to a friend');
  await client.from('messages').insert({ id: crypto.randomUUID(), conversation_id, body }).throwOnError();
  await client.from('messages').insert({ conversation_id, body, sender_id: friend.id });
};
