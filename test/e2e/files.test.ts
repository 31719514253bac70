import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@supabase/supabase-js';
import { Client } from 'pg';
import type { Fault } from '../../local/lambda/fault';
import { LOCAL_KEYS } from '../../local/parts/local-keys';
import { startTandem } from '../../local/runner';
import type { Tandem } from '../../local/tandem';
import { makePng, pngChunk } from '../support/files/make-png';

interface FileBody {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
}

interface Answer {
  readonly user: { readonly token: string };
  readonly file: FileBody;
  readonly upload: { readonly bucket: string; readonly path: string; readonly token: string };
  readonly download: { readonly url: string } | null;
}

const PHOTO = makePng({ before: [pngChunk('tEXt', Buffer.from('Author\0Jane Roe'))] });

/** The whole product as it deploys: gateway, function processes, queue, Postgres and Storage. */
describe('a file, end to end', () => {
  let tandem: Tandem;
  let stateDir: string;
  let db: Client;
  let token: string;

  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${tandem.info.urls.api}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer as Answer;
  };

  beforeAll(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'tandem-files-'));
    tandem = await startTandem({ stateDir, durable: false, seedUsers: false });
    db = new Client({ connectionString: tandem.database?.url() });
    await db.connect();
    const account = { email: 'ada@example.test', password: 'correct horse battery' };
    token = (await call('POST', '/api/auth/signup', account)).user.token;
  }, 120_000);

  afterAll(async () => {
    await db?.end();
    await tandem?.close();
    rmSync(stateDir, { recursive: true, force: true });
  }, 30_000);

  const upload = async (bytes: Buffer, type = 'image/png'): Promise<string> => {
    const wish = { purpose: 'attachment', name: 'photo.png', type, size: bytes.length };
    const { file, upload: link } = await call('POST', '/api/files/uploads', wish);
    const browser = createClient(tandem.info.urls.supabase ?? '', LOCAL_KEYS.supabasePublishableKey);
    const content = new Blob([new Uint8Array(bytes)], { type });
    const { error } = await browser.storage
      .from(link.bucket)
      .uploadToSignedUrl(link.path, link.token, content);
    expect(error).toBeNull();
    return file.id;
  };

  const complete = (id: string) => call('POST', `/api/files/${id}/complete`, {});

  const decided = async (id: string): Promise<Answer> => {
    for (let tries = 0; tries < 200; tries += 1) {
      const answer = await call('GET', `/api/files/${id}`);
      if (answer.file.status === 'accepted' || answer.file.status === 'refused') return answer;
      await sleep(50);
    }
    throw new Error('nobody has decided');
  };

  const noticesOf = async (id: string): Promise<string[]> =>
    (await db.query<{ kind: string }>('select kind from public.notifications where key = $1', [id])).rows.map(
      ({ kind }) => kind,
    );

  const storedOf = async ({ download }: Answer): Promise<Buffer> =>
    Buffer.from(await (await fetch(download?.url ?? '')).arrayBuffer());

  test('is accepted, told of and downloaded; another is refused', async () => {
    const [good, bad] = [await upload(PHOTO), await upload(Buffer.from('<html><script>x</script>'))];
    await complete(good);
    await complete(bad);
    expect(await storedOf(await decided(good))).toEqual(makePng());
    expect(await decided(bad)).toMatchObject({ file: { reason: 'html' }, download: null });
    expect([await noticesOf(good), await noticesOf(bad)]).toEqual([['file_accepted'], ['file_refused']]);
  });

  const deaths: readonly Fault['at'][] = [
    { kind: 'after-send', text: 'GET /storage/v1/object/quarantine' },
    { kind: 'before-send', text: 'POST /storage/v1/object/attachments' },
    { kind: 'after-send', text: 'POST /storage/v1/object/attachments' },
    { kind: 'before-send', text: "set status = 'accepted'" },
    { kind: 'after-send', text: "set status = 'accepted'" },
    { kind: 'after-send', text: 'private.notify' },
    { kind: 'before-send', text: 'POST /storage/v1/object/quarantine' },
    { kind: 'after-send', text: 'POST /storage/v1/object/quarantine' },
  ];

  test.each(deaths)('comes to the same when its inspection is killed %j', async (at) => {
    const id = await upload(PHOTO);
    const inspect = tandem.functions.get('inspect');
    const seen = new Set(inspect?.pids());
    const hasDied = (): boolean => {
      const alive = inspect?.pids() ?? [];
      for (const pid of alive) seen.add(pid);
      return [...seen].some((pid) => !alive.includes(pid));
    };
    inspect?.injectFault({ at, signal: 'SIGKILL' });
    await complete(id);
    for (let tries = 0; tries < 1_000 && !hasDied(); tries += 1) await sleep(10);
    expect(hasDied()).toBe(true);
    // A message that a dead process had is hidden for minutes: the owner asks again.
    await complete(id);
    expect(await storedOf(await decided(id))).toEqual(makePng());
    expect(await noticesOf(id)).toEqual(['file_accepted']);
  });
});
