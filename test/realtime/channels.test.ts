import { setTimeout as sleep } from 'node:timers/promises';
import type { RealtimeChannel, RealtimeClientOptions, SupabaseClient } from '@supabase/supabase-js';
import { Client } from 'pg';
import { WebSocket as NodeSocket } from 'ws';
import { LOCAL_KEYS } from '../../local/parts/local-keys';
import { dropSlot } from '../../local/realtime/feed/replication-slot';
import { type RunningRealtime, runRealtime } from '../../local/realtime/run-realtime';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { clientFor, configFor, dismiss, makePerson, makeToken, type Person, until } from './realtime-stage';

const POLICIES = `
  create policy "members read" on realtime.messages for select to authenticated
    using ((select realtime.topic()) like 'room-%' and extension in ('broadcast', 'presence'));
  create policy "speakers write" on realtime.messages for insert to authenticated
    with check ((select realtime.topic()) = 'room-' || (select auth.uid())::text)`;

type Heard = { event: string; payload: unknown };

describe('channels', () => {
  let database: TestDatabase;
  let admin: Client;
  let realtime: RunningRealtime;
  let config: ReturnType<typeof configFor>;
  let [ada, eve]: Person[] = [];
  const clients: SupabaseClient[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new Client({ connectionString: database.urlFor('postgres') });
    await admin.connect();
    await admin.query(POLICIES); // as the owner of migrations, as in a project
    config = configFor(database.adminUrl);
    const limits = { channelsPerSocket: 3, eventsPerSecond: 50, idleMs: 2_400, bufferedBytes: 4_000_000 };
    realtime = await runRealtime({ ...config, limits }, () => undefined);
    const superuser = new Client({ connectionString: database.adminUrl });
    await superuser.connect();
    [ada, eve] = [await makePerson(superuser), await makePerson(superuser)];
    await superuser.end();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map(dismiss));
  });
  afterAll(async () => {
    await realtime.close();
    await dropSlot(database.adminUrl);
    config.clean();
    await admin.end();
    await database.drop();
  });

  const openWith = async (token: (() => string) | null, options: RealtimeClientOptions = {}) => {
    const client = await clientFor(realtime.port, token, { heartbeatIntervalMs: 1_000, ...options });
    clients.push(client);
    return client;
  };
  const open = (person: Person | undefined, options: RealtimeClientOptions = {}): Promise<SupabaseClient> =>
    openWith(person ? () => person.token : null, options);
  const join = async (
    client: SupabaseClient,
    topic: string,
    options: object = {},
  ): Promise<{ channel: RealtimeChannel; heard: Heard[]; status: string; error: string | undefined }> => {
    const channel = client.channel(topic, { config: options });
    const heard: Heard[] = [];
    channel.on('broadcast', { event: '*' }, ({ event, payload }) => heard.push({ event, payload }));
    channel.on('presence', { event: 'sync' }, () => undefined);
    const [status, error] = await new Promise<[string, Error?]>((resolve) => {
      channel.subscribe((...told) => resolve(told));
    });
    return { channel, heard, status, error: error?.message };
  };
  /** The client waits for an answer, which comes only to who asked for it. */
  const say = (channel: RealtimeChannel, event: string, payload: unknown, timeout = 300) =>
    channel.send({ type: 'broadcast', event, payload }, { timeout });

  describe('broadcasts', () => {
    test('reach others of either protocol, and the sender if it wants them', async () => {
      const [modern, older, own] = [
        await join(await open(ada), 'chat'),
        await join(await open(eve, { vsn: '1.0.0' }), 'chat'),
        await join(await open(eve), 'chat', { broadcast: { self: true, ack: true } }),
      ];
      await say(modern.channel, 'a', { text: 'größe 👋' });
      await say(older.channel, 'b', { n: 1 });
      const acknowledged = await say(own.channel, 'c', {}, 5_000);
      const all = [
        { event: 'a', payload: { text: 'größe 👋' } },
        { event: 'b', payload: { n: 1 } },
        { event: 'c', payload: {} },
      ];
      await until(() => own.heard.length === 3 && modern.heard.length === 2 && older.heard.length === 2);

      expect(acknowledged).toBe('ok');
      expect(own.heard).toEqual(all);
      expect(modern.heard).toEqual([all[1], all[2]]);
      expect(older.heard).toEqual([all[0], all[2]]);
    });

    test('carry bytes as they are', async () => {
      const [from, to] = [await join(await open(ada), 'bytes'), await join(await open(eve), 'bytes')];
      await say(from.channel, 'raw', new Uint8Array([0, 255, 7]).buffer);
      await until(() => to.heard.length === 1);

      expect([...new Uint8Array(to.heard[0]?.payload as ArrayBuffer)]).toEqual([0, 255, 7]);
    });

    test('may be sent by HTTP, one or many, and need a token', async () => {
      const to = await join(await open(eve), 'by http');
      const sender = (await open(ada)).channel('by http');
      const one = await sender.httpSend('single', { n: 1 });
      const url = `http://127.0.0.1:${realtime.port}/realtime/v1/api/broadcast`;
      const post = (apikey: string, body: unknown) =>
        fetch(url, {
          method: 'POST',
          headers: { apikey, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      const messages = [
        { topic: 'by http', event: 'x', payload: { n: 2 } },
        { topic: 'elsewhere', event: 'y', payload: {} },
      ];
      const answers = [
        await post(LOCAL_KEYS.supabasePublishableKey, { messages }),
        await post('sb_publishable_wrong', { messages }),
        await post(LOCAL_KEYS.supabasePublishableKey, { messages: [{ event: 'no topic' }] }),
      ];
      await until(() => to.heard.length === 2);

      expect(one).toEqual({ success: true });
      expect(answers.map(({ status }) => status)).toEqual([202, 401, 422]);
      expect(to.heard).toEqual([
        { event: 'single', payload: { n: 1 } },
        { event: 'x', payload: { n: 2 } },
      ]);
    });
  });

  describe('presence', () => {
    test('tells who is there, what they tell of themselves, and when they go', async () => {
      const [first, second] = [await open(ada), await open(eve)];
      const one = await join(first, 'lobby', { presence: { key: 'ada' } });
      await one.channel.track({ mood: 'calm' });
      const two = await join(second, 'lobby', { presence: { key: 'eve' } });
      await two.channel.track({ mood: 'keen' });
      const moods = (channel: RealtimeChannel) =>
        Object.entries(channel.presenceState<{ mood: string }>()).map(([key, metas]) => [
          key,
          metas.map(({ mood }) => mood),
        ]);
      await until(() => moods(one.channel).length === 2 && moods(two.channel).length === 2);
      await one.channel.track({ mood: 'glad' });
      await until(() => JSON.stringify(moods(two.channel)).includes('glad'));
      const both = moods(two.channel);
      await one.channel.untrack();
      await until(() => moods(two.channel).length === 1);
      await second.removeAllChannels();
      await until(() => moods(one.channel).length === 0);

      expect(Object.fromEntries(both)).toEqual({ ada: ['glad'], eve: ['keen'] });
    });
  });

  describe('private channels', () => {
    test('are entered by whom policies let read, and heard apart from the public one of that name', async () => {
      const secure = { private: true, broadcast: { ack: true } };
      const topic = `room-${ada?.id}`;
      const [owner, member, stranger, elsewhere, outside] = [
        await join(await open(ada), topic, secure),
        await join(await open(eve), topic, secure),
        await join(await open(undefined), topic, secure),
        await join(await open(ada), 'hall', secure),
        await join(await open(eve), topic),
      ];
      const spoken = await say(owner.channel, 'hello', {}, 5_000);
      await outside.channel.httpSend('spoof', {});
      const byHttp = (await open(eve)).channel(topic, { config: { private: true } });
      await byHttp.httpSend('forbidden', {});
      await until(() => member.heard.length === 1);
      await sleep(50);

      expect([owner, member, outside].map(({ status }) => status)).toEqual(Array(3).fill('SUBSCRIBED'));
      expect([stranger.status, elsewhere.status]).toEqual(['CHANNEL_ERROR', 'CHANNEL_ERROR']);
      expect(elsewhere.error).toBe(
        'Unauthorized: You do not have permissions to read from this Channel topic: hall',
      );
      expect(spoken).toBe('ok');
      expect(member.heard).toEqual([{ event: 'hello', payload: {} }]);
    });

    test('are not spoken in by who may only read', async () => {
      const topic = `room-${ada?.id}`;
      const [owner, member] = [
        await join(await open(ada), topic, { private: true }),
        await join(await open(eve), topic, { private: true }),
      ];
      await say(member.channel, 'nothing', {});
      const tracked = await member.channel.track({ here: true });
      await sleep(100);

      expect(owner.heard).toEqual([]);
      expect(tracked).toBe('error');
      expect(owner.channel.presenceState()).toEqual({});
    });

    test('end when a newer token may not read any more', async () => {
      let token = ada?.token ?? '';
      const client = await openWith(() => token, { timeout: 2_000 });
      const statuses: string[] = [];
      const channel = client.channel('room-1', { config: { private: true } });
      channel.subscribe((status) => statuses.push(status));
      await until(() => statuses.length === 1);
      token = await makeToken(crypto.randomUUID(), 3600, { role: 'anon' });
      await client.realtime.setAuth();
      await until(() => statuses.includes('CLOSED'));

      expect(statuses).toEqual(['SUBSCRIBED', 'CLOSED']);
    });
  });

  describe('tokens', () => {
    test.each([
      ['that ended', () => makeToken('x', -5), /^InvalidJWTToken: Token has expired \d seconds ago$/],
      ['of another role', () => makeToken('x', 60, { role: 'postgres' }), /^Unauthorized: permission denied/],
      ['of another key', async () => `${(await makeToken('x')).slice(0, -8)}AAAAAAAA`, /^JwtSignatureError/],
      ['that are none', async () => 'nonsense', /^MalformedJWT/],
    ])('%s open nothing', async (_what, make, message) => {
      const token = await make();
      const { status, error } = await join(await open({ id: '', token }), 'chat');

      expect(status).toBe('CHANNEL_ERROR');
      expect(error).toMatch(message);
    });

    test('a socket needs the key of the project', async () => {
      const upgrade = (query: string) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(`ws://127.0.0.1:${realtime.port}/realtime/v1/websocket?${query}`);
          socket.onopen = () => {
            socket.close();
            resolve('open');
          };
          socket.onerror = () => resolve('refused');
        });

      expect(await upgrade(`apikey=${LOCAL_KEYS.supabasePublishableKey}&vsn=2.0.0`)).toBe('open');
      expect(await upgrade('apikey=wrong&vsn=2.0.0')).toBe('refused');
      expect(await upgrade('vsn=2.0.0')).toBe('refused');
      expect(await upgrade(`apikey=${LOCAL_KEYS.supabasePublishableKey}&vsn=9.9.9`)).toBe('refused');
    });
  });

  describe('limits', () => {
    test('a socket holds so many channels and no more', async () => {
      const client = await open(ada);
      const results = [];
      for (const topic of ['1', '2', '3', '4']) results.push(await join(client, topic));

      expect(results.map(({ status }) => status)).toEqual([...Array(3).fill('SUBSCRIBED'), 'CHANNEL_ERROR']);
      expect(results[3]?.error).toBe('ChannelRateLimitReached: Too many channels');
    });

    test('who says too much in a second loses the channel and is told why', async () => {
      const client = await open(ada);
      const told: string[] = [];
      const channel = client.channel('flood');
      channel.on('system', {}, ({ message }) => told.push(message));
      const statuses: string[] = [];
      channel.subscribe((status) => statuses.push(status));
      await until(() => statuses.length === 1);
      for (let n = 0; n < 80; n += 1) void say(channel, 'x', {});
      await until(() => statuses.includes('CLOSED'));

      expect(told).toEqual(['Too many messages per second']);
    });

    test('a client that does not read is sent away with the reason, and the others are not held up', async () => {
      let slow: NodeSocket | undefined;
      class SlowSocket extends NodeSocket {
        constructor(address: string | URL) {
          super(address);
          slow = this;
        }
      }
      const transport = SlowSocket as unknown as RealtimeClientOptions['transport'];
      await join(
        await open(eve, { transport, heartbeatIntervalMs: 60_000, reconnectAfterMs: () => 60_000 }),
        'heavy',
      );
      const [quick, sender] = [await join(await open(eve), 'heavy'), (await open(ada)).channel('heavy')];
      const closed = new Promise<[number, string]>((resolve) =>
        slow?.once('close', (code, reason) => resolve([code, reason.toString()])),
      );
      slow?.pause();
      const beat = setInterval(() => slow?.send('[null,null,"phoenix","heartbeat",{}]'), 100);
      const large = 'x'.repeat(2_000_000);
      for (let n = 1; n <= 10; n += 1) {
        await sender.httpSend('large', { large });
        await until(() => quick.heard.length === n);
      }
      clearInterval(beat);
      slow?.resume();

      expect(await closed).toEqual([1008, 'SlowClient: too much waits to be read; connect again']);
    });

    test('a silent socket is closed, one with heartbeats stays', async () => {
      const beating = await open(ada);
      const silent = await open(eve, { heartbeatIntervalMs: 60_000, reconnectAfterMs: () => 60_000 });
      const stays = await join(beating, 'alive');
      await join(silent, 'alive');
      await until(() => !silent.realtime.isConnected(), 10_000);

      expect(beating.realtime.isConnected()).toBe(true);
      expect(stays.channel.state).toBe('joined');
    });
  });
});
