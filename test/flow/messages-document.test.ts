import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../realtime/realtime-stage';
import { type Correspondent, type Messaging, openMessaging } from '../support/messaging';

const DOCUMENT = readFileSync(join(__dirname, '../../docs/messages.md'), 'utf8');

/** Everything between ```js and ```, as one program. */
const PROGRAM = [...DOCUMENT.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code).join('\n');

const AsyncFunction = (async () => undefined).constructor as new (
  ...text: string[]
) => (...values: unknown[]) => Promise<Record<string, unknown>>;

let messaging: Messaging;
let [ada, ben, cleo]: Correspondent[] = [];
const shown: { event: unknown; message: Record<string, unknown> }[] = [];
let result: Record<string, unknown>;

beforeAll(async () => {
  messaging = await openMessaging();
  [ada, ben, cleo] = [
    await messaging.newCorrespondent('Ada'),
    await messaging.newCorrespondent('Ben'),
    await messaging.newCorrespondent('Cleo'),
  ];
  const names = ['supabase', 'me', 'friend', 'colleague', 'show'];
  const run = new AsyncFunction(
    ...names,
    `${PROGRAM}\nreturn { pair, group, message, people, page, conversations };`,
  );
  result = await run(
    ada.client,
    ada.id,
    ben.id,
    cleo.id,
    (event: unknown, message: Record<string, unknown>) => shown.push({ event, message }),
  );
});
afterAll(() => messaging.close());

test('the examples do what they say', async () => {
  const { pair, group, message, people, page, conversations } = result;
  const { id } = message as { id: string };

  expect((people as { name: string }[]).map(({ name }) => name).toSorted()).toEqual(['Ada', 'Ben', 'Cleo']);
  expect(page).toMatchObject([{ id, position: 1, sender_id: ada?.id, body: 'Have you seen this?' }]);
  expect(conversations).toMatchObject([
    { id: pair, is_pair: true, unread: 0, last_position: 1, last_read_position: 1 },
    { id: group, title: 'Summer', role: 'owner', unread: 0 },
  ]);
  const { rows } = await messaging.admin.query(
    `select (select count(*)::int from public.conversation_members where conversation_id = $1) as members,
       (select count(*)::int from public.user_blocks) as blocks,
       (select name from public.user_profiles where id = $2) as name,
       (select theme || ' ' || timezone from public.user_preferences where user_id = $2) as choices`,
    [group, ada?.id],
  );
  expect(rows).toEqual([{ members: 2, blocks: 0, name: 'Ada L.', choices: 'dark Europe/Berlin' }]);
});

test('the page was shown the message sent, edited and deleted, each once', async () => {
  await until(() => shown.length >= 3);
  const { id } = result.message as { id: string };

  expect(shown.map(({ event, message }) => [event, message.id, message.body])).toEqual([
    ['INSERT', id, 'Have you seen this?'],
    ['UPDATE', id, 'Have you seen that?'],
    ['UPDATE', id, null],
  ]);
});
