import { createHash, randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import { purposeRules, purposes, QUARANTINE, QUOTA } from '../../services/files/domain/purposes';
import { refusalReasons } from '../../services/files/domain/refusal';
import { type Inspected, inspectUpload } from '../../services/files/use-cases/inspect-upload';
import { sweepFiles } from '../../services/files/use-cases/sweep-files';
import { makePeople, type Person } from '../authorization/people';
import { type ApiAnswer, type ApiRequest, call } from '../support/api-event';
import { type FilesService, makeFilesService } from '../support/files/files-service';
import { makePng, pngChunk } from '../support/files/make-png';
import { type MemoryObjects, makeMemoryObjects, storageAway } from '../support/files/memory-objects';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

let databases: PaymentDatabase;
let admin: Database;
let objects: MemoryObjects;
let service: FilesService;
let [user, other]: Person[] = [];

beforeAll(async () => {
  databases = await openPaymentDatabase();
  admin = databases.admin;
});
afterAll(() => databases.close());

beforeEach(async () => {
  await admin.query('truncate public.files, storage.objects, private.idempotency_keys cascade');
  [user, other] = await makePeople(admin, ['user', 'user']);
  objects = makeMemoryObjects(admin);
  service = makeFilesService({ database: databases.as('tandem_files', 8), objects });
});

const PHOTO = makePng({ before: [pngChunk('tEXt', Buffer.from('Author\0Jane Roe'))] });
const STORED = makePng();

const send = (request: ApiRequest, by: Person | undefined = user): Promise<ApiAnswer> =>
  call(service.handler, { ...request, headers: { ...by?.headersOf('opaque'), ...request.headers } });

const wish = (size: number, more: Record<string, unknown> = {}) => ({
  ...{ purpose: 'attachment', name: 'photo.png', type: 'image/png', size },
  ...more,
});

const ask = (body: unknown, key?: string): Promise<ApiAnswer> =>
  send({ path: '/api/files/uploads', body, ...(key && { headers: { 'Idempotency-Key': key } }) });

/** Asks, uploads and completes; answers the file's id. */
const upload = async (bytes: Buffer, body = wish(bytes.length)): Promise<string> => {
  const { body: asked } = await ask(body);
  await objects.upload(asked.upload.path, bytes);
  await send({ path: `/api/files/${asked.file.id}/complete`, body: {} });
  return asked.file.id;
};

const inspect = (id: string): Promise<Inspected> => inspectUpload(service.inspection, id);

const rowOf = async (id: string) =>
  (await admin.query<Record<string, unknown>>('select * from public.files where id = $1', [id])).rows[0];

const noticesOf = async (id: string): Promise<unknown[]> =>
  (await admin.query('select user_id, kind, data from public.notifications where key = $1', [id])).rows;

const keyOf = (id: string): string => `${user?.userId}/${id}`;

describe('what the database says', () => {
  test('is what the code says: reasons and buckets', async () => {
    const { rows } = await admin.query<{ definition: string }>(
      `select pg_get_constraintdef(oid) as definition from pg_constraint where conname = 'files_reason_check'`,
    );
    const named = [...(rows[0]?.definition ?? '').matchAll(/'(\w+)'::text/g)].map(([, name]) => name);
    expect(named.sort()).toEqual(Object.keys(refusalReasons).sort());
    const { rows: buckets } = await admin.query(
      `select id, public, file_size_limit::int as most, allowed_mime_types as types from storage.buckets order by id`,
    );
    const expected = purposes.map((purpose) => {
      const { bucket, maxBytes, types } = purposeRules[purpose];
      return { id: bucket, public: false, most: maxBytes, types };
    });
    const quarantine = { id: QUARANTINE, public: false, most: 20 * 1024 * 1024, types: null };
    expect(buckets).toEqual([...expected, quarantine].sort((a, b) => (a.id < b.id ? -1 : 1)));
  });
});

describe('asking for an upload', () => {
  test('takes the place, under a key made here, and answers a link', async () => {
    const answer = await ask(wish(100, { name: ' Ferien.png ' }));
    expect(answer.status).toBe(201);
    const { file, upload: link } = answer.body;
    expect(file).toMatchObject({
      name: 'Ferien.png',
      size: 100,
      status: 'pending',
      type: null,
      reason: null,
    });
    expect(link).toMatchObject({ bucket: 'quarantine', path: keyOf(file.id), token: 'token' });
  });

  test.each([
    ['file_type_not_allowed', wish(1, { type: 'image/svg+xml' })],
    ['file_type_not_allowed', wish(1, { purpose: 'avatar', type: 'image/gif' })],
    ['file_type_not_allowed', wish(1, { purpose: 'document', type: 'application/zip' })],
    ['request_invalid', wish(1, { type: 'image/png; charset=x' })],
    ['file_too_large', wish(2 * 1024 * 1024 + 1, { purpose: 'avatar' })],
    ['file_too_large', wish(20 * 1024 * 1024 + 1)],
    ['request_invalid', wish(0)],
    ['request_invalid', wish(-1)],
    ['request_invalid', wish(1.5)],
    ['request_invalid', wish(1, { name: '' })],
    ['request_invalid', wish(1, { name: 'x'.repeat(1_001) })],
    ['file_name_rejected', wish(1, { name: 'x'.repeat(300) })],
    ['file_name_rejected', wish(1, { name: 'a\0.png' })],
    ['file_name_rejected', wish(1, { name: '../../etc/passwd' })],
    ['file_name_rejected', wish(1, { name: 'a\\b.png' })],
    ['file_name_rejected', wish(1, { name: 'photo\u202egnp.exe' })],
    ['file_name_rejected', wish(1, { name: 'a\r\nContent-Type: text/html' })],
    ['file_name_rejected', wish(1, { name: '..' })],
    ['file_name_rejected', wish(1, { name: '\ud800.png' })],
    ['request_invalid', wish(1, { purpose: 'program' })],
    ['request_invalid', wish(1, { key: 'avatars/x' })],
  ])('%s: %j', async (code, body) => {
    const answer = await ask(body);
    expect([answer.body.code, answer.status >= 400 && answer.status < 500]).toEqual([code, true]);
    expect((await send({ path: '/api/files' })).body.data).toEqual([]);
  });

  test('never exceeds the quota of bytes, however many ask at once', async () => {
    const size = 20 * 1024 * 1024;
    const fits = Math.floor(QUOTA.bytes / size);
    const answers = await Promise.all(Array.from({ length: fits + 15 }, () => ask(wish(size))));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(fits);
    expect(answers.filter(({ body }) => body.code === 'file_quota_exceeded')).toHaveLength(15);
    const { body } = await send({ path: '/api/files/quota' });
    expect(body.bytes).toEqual({ used: fits * size, limit: QUOTA.bytes });
    expect(body.files).toEqual({ used: fits, limit: QUOTA.files });
    // Somebody else's is somebody else's.
    expect((await send({ path: '/api/files/quota' }, other)).body.bytes.used).toBe(0);
  });

  test('never exceeds the quota of files; what is deleted makes room', async () => {
    await admin.query(
      `insert into public.files (id, user_id, purpose, name, declared_type, size_bytes)
       select gen_random_uuid(), $1, 'attachment', 'x', 'text/plain', 1 from generate_series(1, $2::int)`,
      [user?.userId, QUOTA.files - 1],
    );
    const answers = await Promise.all([ask(wish(1)), ask(wish(1)), ask(wish(1))]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const mine = answers.find(({ status }) => status === 201)?.body.file.id;
    expect((await send({ path: `/api/files/${mine}`, method: 'DELETE' })).status).toBe(200);
    expect((await ask(wish(1))).status).toBe(201);
  });

  test('with one key is one file, also at the same moment', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(wish(9), key)));
    expect(new Set(answers.map(({ body }) => body.file.id)).size).toBe(1);
    expect((await ask(wish(10), key)).body.code).toBe('idempotency_key_reused');
    expect((await ask(wish(9), '\u00e4')).body.code).toBe('idempotency_key_invalid');
    const [{ body }] = answers as [ApiAnswer];
    await objects.upload(body.upload.path, Buffer.alloc(9));
    expect((await ask(wish(9), key)).body).toMatchObject({ file: { id: body.file.id }, upload: null });
    await send({ path: `/api/files/${body.file.id}`, method: 'DELETE' });
    expect((await ask(wish(9), key)).body.code).toBe('file_not_found');
    expect((await send({ path: '/api/files' })).body.data).toEqual([]);
  });

  test('says so when Storage is away, and goes on with the same key', async () => {
    const key = randomUUID();
    objects.before = async () => storageAway();
    expect((await ask(wish(9), key)).body.code).toBe('storage_unavailable');
    objects.before = async () => undefined;
    expect((await ask(wish(9), key)).status).toBe(201);
    expect((await send({ path: '/api/files' })).body.data).toHaveLength(1);
  });
});

describe('completing', () => {
  test('needs an upload, orders an inspection, and orders it again when repeated', async () => {
    const { body } = await ask(wish(PHOTO.length));
    const complete = () => send({ path: `/api/files/${body.file.id}/complete`, body: {} });
    expect((await complete()).body.code).toBe('file_not_uploaded');
    await objects.upload(body.upload.path, PHOTO);
    service.queue.isAway = true;
    expect((await complete()).body.code).toBe('queue_unavailable');
    service.queue.isAway = false;
    for (let count = 1; count <= 2; count += 1) {
      expect(await complete()).toMatchObject({ status: 202, body: { file: { status: 'inspecting' } } });
      expect(service.ordered).toHaveLength(count);
    }
    await inspect(body.file.id);
    expect(await complete()).toMatchObject({ status: 202, body: { file: { status: 'accepted' } } });
    expect(service.ordered).toHaveLength(2);
  });
});

describe('an inspection', () => {
  test('keeps what is seen and tells the owner', async () => {
    const id = await upload(PHOTO);
    expect(await inspect(id)).toBe('accepted');
    expect(objects.kept.get(`attachments/${keyOf(id)}`)).toEqual(STORED);
    expect(objects.kept.get(`quarantine/${keyOf(id)}`)).toEqual(Buffer.alloc(0));
    expect(await rowOf(id)).toMatchObject({
      ...{ status: 'accepted', type: 'image/png', size_bytes: String(STORED.length), width: 4, height: 3 },
      ...{ bucket: 'attachments', object_key: keyOf(id), reason: null },
      sha256: createHash('sha256').update(STORED).digest('hex'),
    });
    const data = { file_id: id, name: 'photo.png' };
    expect(await noticesOf(id)).toEqual([{ user_id: user?.userId, kind: 'file_accepted', data }]);
    const { body } = await send({ path: `/api/files/${id}` });
    expect(body.download.url).toContain(`attachments/${keyOf(id)}`);
  });

  test('refuses with a reason, gives the bytes back, and offers no download', async () => {
    const id = await upload(Buffer.from('<html><script>alert(1)</script>'), wish(1_000));
    expect(await inspect(id)).toBe('refused');
    expect(objects.kept.has(`attachments/${keyOf(id)}`)).toBe(false);
    expect(objects.kept.get(`quarantine/${keyOf(id)}`)).toEqual(Buffer.alloc(0));
    const data = { file_id: id, name: 'photo.png', reason: 'html' };
    expect(await noticesOf(id)).toEqual([{ user_id: user?.userId, kind: 'file_refused', data }]);
    const { body } = await send({ path: `/api/files/${id}` });
    expect(body).toMatchObject({ file: { status: 'refused', reason: 'html', size: 0 }, download: null });
  });

  test('of more than was declared reads no further', async () => {
    const id = await upload(PHOTO, wish(PHOTO.length - 1));
    expect(await inspect(id)).toBe('refused');
    expect(await rowOf(id)).toMatchObject({ reason: 'too_large' });
  });

  test('of nothing says that nothing is there', async () => {
    const id = await upload(PHOTO);
    await objects.remove('quarantine', [keyOf(id)]);
    expect(await inspect(id)).toBe('refused');
    expect(await rowOf(id)).toMatchObject({ reason: 'missing' });
  });

  test.each(['read', 'write', 'close'] as const)(
    'that dies at %s comes to the same when repeated',
    async (at) => {
      const id = await upload(PHOTO);
      objects.before = async (step, { bucket }) => {
        const isHere =
          at === 'close' ? step === 'write' && bucket === QUARANTINE : step === at && bucket !== 'x';
        if (isHere) storageAway();
      };
      await expect(inspect(id)).rejects.toMatchObject({ code: 'storage_unavailable' });
      objects.before = async () => undefined;
      expect(await inspect(id)).toBe(at === 'close' ? 'decided_before' : 'accepted');
      expect(await rowOf(id)).toMatchObject({ status: 'accepted' });
      expect(objects.kept.get(`attachments/${keyOf(id)}`)).toEqual(STORED);
      expect(objects.kept.get(`quarantine/${keyOf(id)}`)).toEqual(Buffer.alloc(0));
      expect(await noticesOf(id)).toHaveLength(1);
    },
  );

  test('that dies between the object and the commit comes to the same when repeated', async () => {
    const id = await upload(PHOTO);
    await admin.query(
      'alter table public.files add constraint no_more check (status <> $$accepted$$) not valid',
    );
    await expect(inspect(id)).rejects.toThrow();
    expect(await rowOf(id)).toMatchObject({ status: 'inspecting', bucket: null });
    expect(await noticesOf(id)).toEqual([]);
    await admin.query('alter table public.files drop constraint no_more');
    expect(await inspect(id)).toBe('accepted');
    expect(await noticesOf(id)).toHaveLength(1);
  });

  test('by eight at once has one winner and tells once', async () => {
    const id = await upload(PHOTO);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => inspect(id)));
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
    expect(await rowOf(id)).toMatchObject({ status: 'accepted', size_bytes: String(STORED.length) });
    expect(await noticesOf(id)).toHaveLength(1);
  });

  test('of a file that is deleted meanwhile leaves nothing behind', async () => {
    const id = await upload(PHOTO);
    objects.before = async (step, { bucket }) => {
      if (step === 'write' && bucket === 'attachments') {
        objects.before = async () => undefined;
        await send({ path: `/api/files/${id}`, method: 'DELETE' });
      }
    };
    expect(await inspect(id)).toBe('decided_before');
    expect([...objects.kept.keys()]).toEqual([`quarantine/${keyOf(id)}`]);
    expect(await inspect(id)).toBe('gone');
  });

  test('of a file that nobody completed does nothing', async () => {
    const { body } = await ask(wish(9));
    expect(await inspect(body.file.id)).toBe('gone');
    expect(await inspect(randomUUID())).toBe('gone');
  });
});

describe('own files', () => {
  test('come in pages, newest first, filtered, and are nobody else’s', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.unshift((await ask(wish(index + 1))).body.file.id);
    const first = (await send({ path: '/api/files', query: { limit: '3' } })).body;
    expect([first.data.map(({ id }: { id: string }) => id), first.has_more]).toEqual([ids.slice(0, 3), true]);
    const next = await send({ path: '/api/files', query: { limit: '3', cursor: first.next_cursor } });
    expect(next.body.data.map(({ id }: { id: string }) => id)).toEqual(ids.slice(3));
    expect(next.body.has_more).toBe(false);
    expect((await send({ path: '/api/files', query: { status: 'accepted' } })).body.data).toEqual([]);
    expect((await send({ path: '/api/files', query: { cursor: 'AAAA' } })).body.code).toBe('request_invalid');
    expect((await send({ path: '/api/files' }, other)).body.data).toEqual([]);
    for (const [method, path] of [
      ['GET', `/api/files/${ids[0]}`],
      ['DELETE', `/api/files/${ids[0]}`],
      ['POST', `/api/files/${ids[0]}/complete`],
    ] as const) {
      const answer = await send({ method, path, ...(method === 'POST' && { body: {} }) }, other);
      expect([method, answer.body.code]).toEqual([method, 'file_not_found']);
    }
  });

  test('are deleted with their object, and their upload link stays used', async () => {
    const id = await upload(PHOTO);
    await inspect(id);
    expect((await send({ path: `/api/files/${id}`, method: 'DELETE' })).status).toBe(200);
    expect([...objects.kept]).toEqual([[`quarantine/${keyOf(id)}`, Buffer.alloc(0)]]);
    expect((await send({ path: `/api/files/${id}` })).body.code).toBe('file_not_found');
  });

  test('that were somebody’s picture leave none behind', async () => {
    const id = await upload(PHOTO, wish(PHOTO.length, { purpose: 'avatar' }));
    await inspect(id);
    const owner = [user?.userId];
    await admin.query('update public.user_profiles set avatar_file_id = $2 where id = $1', [...owner, id]);
    const stolen = 'update public.user_profiles set avatar_file_id = $2 where id = $1';
    await expect(admin.query(stolen, [other?.userId, id])).rejects.toThrow();
    await send({ path: `/api/files/${id}`, method: 'DELETE' });
    const { rows } = await admin.query(
      'select avatar_file_id from public.user_profiles where id = $1',
      owner,
    );
    expect(rows).toEqual([{ avatar_file_id: null }]);
  });

  test('are deleted also while Storage is away: the sweep removes the objects', async () => {
    const id = await upload(PHOTO);
    await inspect(id);
    objects.before = async () => storageAway();
    expect((await send({ path: `/api/files/${id}`, method: 'DELETE' })).status).toBe(200);
    objects.before = async () => undefined;
    await admin.query(`update storage.objects set created_at = now() - interval '25 hours'`);
    expect(await sweep()).toMatchObject({ strays: 2 });
    expect(objects.kept.size).toBe(0);
  });
});

const sweep = () => sweepFiles({ ...service.inspection, onFailure: (_what, error) => Promise.reject(error) });

describe('the sweep', () => {
  test('leaves what is young or in use', async () => {
    const [pending, waiting, accepted] = [await ask(wish(9), 'k'), await upload(PHOTO), await upload(PHOTO)];
    await inspect(accepted);
    await admin.query(
      `update storage.objects set created_at = now() - interval '2 days' where bucket_id <> 'quarantine'
      or name = $1`,
      [keyOf(waiting)],
    );
    expect(await sweep()).toEqual({ forgotten: 0, lost: 0, strays: 0, waiting: 0 });
    expect(await rowOf(pending.body.file.id)).toBeDefined();
    expect(objects.kept.size).toBe(3);
  });

  test('forgets uploads nobody completed, with their object', async () => {
    const { body } = await ask(wish(PHOTO.length), 'k');
    await objects.upload(body.upload.path, PHOTO);
    await admin.query(`update public.files set created_at = now() - interval '25 hours'`);
    await admin.query(`update storage.objects set created_at = now() - interval '25 hours'`);
    expect(await sweep()).toMatchObject({ forgotten: 1, strays: 1 });
    expect(objects.kept.size).toBe(0);
  });

  test('forgets files whose object is gone', async () => {
    const id = await upload(PHOTO);
    await inspect(id);
    await objects.remove('attachments', [keyOf(id)]);
    expect(await sweep()).toMatchObject({ lost: 0 });
    await admin.query(`update public.files set decided_at = now() - interval '2 hours'`);
    expect(await sweep()).toMatchObject({ lost: 1 });
    expect(await rowOf(id)).toBeUndefined();
  });

  test('looks at files whose message was lost, and gives up on those that nobody can look at', async () => {
    const [late, stuck] = [await upload(PHOTO), await upload(PHOTO)];
    await admin.query(
      `update public.files set completed_at = now() - case when id = $1 then interval '2 hours' else interval '2 days' end`,
      [late],
    );
    expect(await sweep()).toMatchObject({ waiting: 2 });
    expect(await rowOf(late)).toMatchObject({ status: 'accepted' });
    expect(await rowOf(stuck)).toMatchObject({ status: 'refused', reason: 'not_inspected' });
  });
});
