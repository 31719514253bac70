import { Client } from 'pg';
import { openSite, type Site } from './open-site';
import type { ArrivedRow } from './page/functions';
import { type Account, signUp } from './people';
import type { Visitor } from './visitor';

const TABLES = ['payments', 'notifications', 'messages', 'user_profiles'];

/** Two people with a browser each, on the whole stack; the first also has a second one. */
describe('what people see change while they look', () => {
  let site: Site;
  let ada: Account;
  let bob: Account;
  let adasBrowser: Visitor;
  let adasPhone: Visitor;
  let bobsBrowser: Visitor;
  let db: Client;

  const open = async (account: Account): Promise<Visitor> => {
    const visitor = await site.visit();
    expect(await visitor.ask('signIn', account.email, account.password)).toBe(account.id);
    expect(await visitor.ask('watch', TABLES)).toBe('SUBSCRIBED');
    return visitor;
  };

  beforeAll(async () => {
    site = await openSite();
    db = new Client({ connectionString: site.tandem.database?.url() ?? '' });
    db.on('error', () => undefined);
    await db.connect();
    [ada, bob] = [await signUp(site.tandem, 'ada'), await signUp(site.tandem, 'bob')];
    [adasBrowser, adasPhone, bobsBrowser] = [await open(ada), await open(ada), await open(bob)];
  }, 240_000);

  afterAll(async () => {
    await db?.end();
    await site?.close();
  }, 60_000);

  const of = (rows: readonly ArrivedRow[], table: string) => rows.filter((row) => row.table === table);

  test('a purchase arrives with what its buyer is told of it, and with nobody else', async () => {
    const [adas, bobs] = [await ada.buy(), await bob.buy()];
    for (const [visitor, account, bought] of [
      [adasBrowser, ada, adas],
      [adasPhone, ada, adas],
      [bobsBrowser, bob, bobs],
    ] as const) {
      const rows = await visitor.askUntil(
        'rows',
        (seen) =>
          of(seen, 'payments').some(({ row }) => row.status === 'succeeded') &&
          of(seen, 'notifications').length > 0,
      );
      const payments = of(rows, 'payments');
      expect(new Set(payments.map(({ row }) => row.id))).toEqual(new Set([bought]));
      expect(payments[0]?.kind).toBe('INSERT');
      expect(payments.at(-1)?.row).toMatchObject({ status: 'succeeded', captured_minor: 1999 });
      expect(of(rows, 'notifications').map(({ row }) => [row.user_id, row.kind])).toEqual([
        [account.id, 'payment_succeeded'],
      ]);
    }
  });

  test('a message reaches whoever it is for, and no third person', async () => {
    const { id: thirdId, ...third } = await signUp(site.tandem, 'eve');
    const evesBrowser = await open({ id: thirdId, ...third });
    const conversation = crypto.randomUUID();
    expect(await adasBrowser.ask('startConversation', [bob.id], conversation)).toBeNull();
    const message = { conversation_id: conversation, body: 'hello' };
    expect(await adasBrowser.ask('insert', 'messages', message)).toBeNull();
    const rows = await bobsBrowser.askUntil('rows', (seen) => of(seen, 'messages').length > 0);
    expect(of(rows, 'messages').map(({ row }) => [row.sender_id, row.body])).toEqual([[ada.id, 'hello']]);
    // Something of her own, committed later, has come: what came before it is complete.
    await third.buy();
    const seen = await evesBrowser.askUntil('rows', (arrived) => of(arrived, 'payments').length > 0);
    expect(of(seen, 'messages')).toEqual([]);
    await evesBrowser.close();
  });

  test('a change of the profile shows in the other browser of the same person', async () => {
    expect(await adasBrowser.ask('rename', ada.id, 'Countess')).toBeNull();
    const rows = await adasPhone.askUntil('rows', (seen) => of(seen, 'user_profiles').length > 0);
    expect(of(rows, 'user_profiles').map(({ kind, row }) => [kind, row.id, row.name])).toEqual([
      ['UPDATE', ada.id, 'Countess'],
    ]);
    await bob.buy();
    const bobs = await bobsBrowser.askUntil(
      'rows',
      (seen) => new Set(of(seen, 'payments').map(({ row }) => row.id)).size > 1,
    );
    expect(of(bobs, 'user_profiles')).toEqual([]);
  });

  test('people in a room see who is there and hear each other', async () => {
    expect(await adasBrowser.ask('enter', 'lobby', 'ada')).toBe('SUBSCRIBED');
    expect(await bobsBrowser.ask('enter', 'lobby', 'bob')).toBe('SUBSCRIBED');
    for (const visitor of [adasBrowser, bobsBrowser]) {
      expect(await visitor.askUntil('present', (names) => names.length === 2)).toEqual(['ada', 'bob']);
    }
    expect(await adasBrowser.ask('say', 'anybody here?')).toBe('ok');
    expect(await bobsBrowser.askUntil('heard', (heard) => heard.length > 0)).toEqual([
      { text: 'anybody here?' },
    ]);
    expect(await adasBrowser.ask('heard')).toEqual([]);
    // A browser that goes away says nothing: the server notices.
    const guest = await site.visit();
    await guest.ask('enter', 'lobby', 'guest');
    expect(await bobsBrowser.askUntil('present', (names) => names.length === 3)).toContain('guest');
    expect(await guest.ask('shoutInto', 'lobby', 'from the street')).toBe(true);
    expect(await bobsBrowser.askUntil('heard', (heard) => heard.length > 1)).toContainEqual({
      text: 'from the street',
    });
    await guest.close();
    expect(await bobsBrowser.askUntil('present', (names) => names.length === 2)).toEqual(['ada', 'bob']);
  });

  test('the server restarts: what happened meanwhile arrives, and everybody is back in the room', async () => {
    const before = of(await adasBrowser.ask('rows'), 'notifications').length;
    await site.tandem.realtime?.kill();
    await tell(ada.id, 'while-away');
    await tell(bob.id, 'while-away');
    await site.tandem.realtime?.restart();
    await tell(ada.id, 'after');
    const rows = await adasBrowser.askUntil(
      'rows',
      (seen) => of(seen, 'notifications').length >= before + 2,
      30_000,
    );
    const told = of(rows, 'notifications').slice(before);
    expect(told.map(({ row }) => [row.user_id, row.key])).toEqual([
      [ada.id, 'while-away'],
      [ada.id, 'after'],
    ]);
    expect(await bobsBrowser.askUntil('present', (names) => names.length === 2, 30_000)).toEqual([
      'ada',
      'bob',
    ]);
  });

  test('a reloaded page is still signed in and goes on', async () => {
    await adasPhone.reload();
    expect(await adasPhone.ask('rememberedUser')).toBe(ada.id);
    expect(await adasPhone.ask('watch', TABLES)).toBe('SUBSCRIBED');
    await tell(ada.id, 'after-reload');
    const rows = await adasPhone.askUntil('rows', (seen) => seen.length > 0);
    expect(rows.map(({ row }) => row.key)).toEqual(['after-reload']);
  });

  test('whoever has signed out sees nothing more', async () => {
    await bobsBrowser.ask('signOut');
    const before = (await bobsBrowser.ask('rows')).length;
    await tell(bob.id, 'too-late');
    await tell(ada.id, 'marker');
    await adasPhone.askUntil('rows', (seen) => seen.some(({ row }) => row.key === 'marker'));
    expect(await bobsBrowser.ask('rows')).toHaveLength(before);
  });

  test('no page had an error of its own', () => {
    expect([adasBrowser, adasPhone, bobsBrowser].flatMap(({ errors }) => errors)).toEqual([]);
  });

  const tell = (userId: string, key: string) =>
    db.query(`select private.notify($1, 'file_accepted', $2, $3)`, [
      userId,
      key,
      { file_id: crypto.randomUUID(), name: 'a.txt' },
    ]);
});
