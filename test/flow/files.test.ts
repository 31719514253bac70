import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import { inspectUpload } from '../../services/files/use-cases/inspect-upload';
import { makePeople, type Person } from '../authorization/people';
import { type ApiAnswer, type ApiRequest, call } from '../support/api-event';
import { FAKE_JWT_SECRET } from '../support/fake-identity';
import { type FilesOnStorage, startFilesOnStorage } from '../support/files/files-on-storage';
import { exifSegment, makeJpeg } from '../support/files/make-jpeg';
import { makePdf } from '../support/files/make-pdf';
import { makePng, pngChunk } from '../support/files/make-png';

let stage: FilesOnStorage;
let [user, other]: Person[] = [];

beforeAll(async () => {
  stage = await startFilesOnStorage();
  [user, other] = await makePeople(stage.admin, ['user', 'user']);
});
afterAll(() => stage.close());

const send = (request: ApiRequest): Promise<ApiAnswer> =>
  call(stage.handler, { ...request, headers: { ...user?.headersOf('opaque') } });

interface Link {
  readonly id: string;
  readonly url: string;
  readonly token: string;
  readonly path: string;
}

const ask = async (size: number, more: Record<string, unknown> = {}): Promise<Link> => {
  const body = { purpose: 'attachment', name: 'photo.png', type: 'image/png', size, ...more };
  const answer = await send({ path: '/api/files/uploads', body });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return { id: answer.body.file.id, ...answer.body.upload };
};

const put = (link: Link, content: Buffer | Blob | ArrayBuffer, type = 'image/png') =>
  stage.browser().storage.from('quarantine').uploadToSignedUrl(link.path, link.token, content, {
    contentType: type,
  });

/** Completes, has it looked at, and answers how the file then stands. */
const settle = async ({ id }: Link): Promise<ApiAnswer['body']> => {
  await send({ path: `/api/files/${id}/complete`, body: {} });
  await inspectUpload(stage.inspection, id);
  return (await send({ path: `/api/files/${id}` })).body;
};

const accepted = async (): Promise<Link> => {
  const link = await ask(makePng().length);
  await put(link, makePng());
  expect((await settle(link)).file.status).toBe('accepted');
  return link;
};

const PHOTO = makePng({ before: [pngChunk('tEXt', Buffer.from('Author\0Jane Roe'))] });

describe('an upload by stock supabase-js', () => {
  test.each([
    ['bytes', PHOTO],
    ['a blob, as browsers have them', new Blob([new Uint8Array(PHOTO)], { type: 'image/png' })],
    ['an array buffer', new Uint8Array(PHOTO).buffer],
  ])('of %s is accepted, and comes back without metadata, as an attachment', async (_what, content) => {
    const link = await ask(PHOTO.length, { name: 'Ferien „1“ ☀.png' });
    const { data, error } = await put(link, content);
    expect([data, error]).toEqual([{ path: link.path, fullPath: `quarantine/${link.path}` }, null]);
    const { file, download } = await settle(link);
    expect(file).toMatchObject({ status: 'accepted', type: 'image/png', width: 4, height: 3 });
    const answer = await fetch(download.url);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes).toEqual(makePng());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent('Ferien „1“ ☀.png')}`,
      'x-content-type-options': 'nosniff',
    });
  });

  test('of a photograph loses where it was taken, of a document nothing', async () => {
    const photo = makeJpeg({ segments: [exifSegment(6)] });
    const link = await ask(photo.length, { purpose: 'avatar', type: 'image/jpeg' });
    await put(link, photo, 'image/jpeg');
    const { download } = await settle(link);
    expect(Buffer.from(await (await fetch(download.url)).arrayBuffer()).includes('48.2082N')).toBe(false);

    const document = await ask(makePdf().length, { purpose: 'document', type: 'application/pdf' });
    await put(document, makePdf(), 'application/pdf');
    const stored = await fetch((await settle(document)).download.url);
    expect(Buffer.from(await stored.arrayBuffer())).toEqual(makePdf());
  });

  test('of HTML that says it is a PNG is refused, whatever the upload was declared as', async () => {
    const html = Buffer.from('<!doctype html><script>alert(document.domain)</script>');
    for (const type of ['image/png', 'text/html']) {
      const link = await ask(html.length);
      await put(link, html, type);
      expect(await settle(link)).toMatchObject({
        file: { status: 'refused', reason: 'html' },
        download: null,
      });
    }
  });

  test('of one byte more than was asked for is refused', async () => {
    const link = await ask(PHOTO.length - 1);
    await put(link, PHOTO);
    expect((await settle(link)).file).toMatchObject({ status: 'refused', reason: 'too_large' });
  });

  test('of more than the bucket takes is turned away by Storage, also where no length is announced', async () => {
    const link = await ask(20 * 1024 * 1024);
    const body = new ReadableStream({
      start: (controller) => {
        for (let part = 0; part < 21; part += 1) controller.enqueue(new Uint8Array(1024 * 1024));
        controller.close();
      },
    });
    const headers = { 'content-type': 'image/png' };
    const answer = await fetch(link.url, { method: 'PUT', body, headers, duplex: 'half' } as RequestInit);
    expect([answer.status, ((await answer.json()) as { statusCode: string }).statusCode]).toEqual([
      400,
      '413',
    ]);
    expect((await send({ path: `/api/files/${link.id}/complete`, body: {} })).body.code).toBe(
      'file_not_uploaded',
    );
  });
});

const storageToken = (claims: Record<string, unknown>, secret = FAKE_JWT_SECRET, expiry = '1h') =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime(expiry)
    .sign(Buffer.from(secret));

describe('a link for uploading', () => {
  test('takes one upload, of many at once, and never another: not before, not after the decision, not after deletion', async () => {
    const link = await ask(PHOTO.length);
    const evil = Buffer.alloc(PHOTO.length, 0x41);
    const tries = await Promise.all([PHOTO, evil, evil, evil, evil].map((bytes) => put(link, bytes)));
    expect(tries.filter(({ error }) => error === null)).toHaveLength(1);
    const isUsed = async () => expect((await put(link, evil)).error).toMatchObject({ statusCode: '409' });
    await isUsed();
    await settle(link);
    await isUsed();
    await send({ path: `/api/files/${link.id}`, method: 'DELETE' });
    await isUsed();
  });

  test('that was never used is dead once its file is deleted', async () => {
    const link = await ask(PHOTO.length);
    await send({ path: `/api/files/${link.id}`, method: 'DELETE' });
    expect((await put(link, PHOTO)).error).toMatchObject({ statusCode: '409' });
  });

  test('does not let x-upsert replace what is there', async () => {
    const link = await ask(PHOTO.length);
    await put(link, PHOTO);
    const again = await stage
      .browser()
      .storage.from('quarantine')
      .uploadToSignedUrl(link.path, link.token, Buffer.from('evil'), { upsert: true });
    expect(again.error).toMatchObject({ statusCode: '409' });
  });

  test('is for its own key and bucket alone', async () => {
    const [link, foreign] = [await ask(9), await ask(9)];
    const target = await accepted();
    for (const [bucket, path] of [
      ['quarantine', foreign.path],
      ['attachments', target.path],
      ['attachments', link.path],
      ['avatars', `${user?.userId}/x`],
      ['quarantine', `${link.path}/../x`],
    ] as const) {
      const answer = await stage
        .browser()
        .storage.from(bucket)
        .uploadToSignedUrl(path, link.token, Buffer.from('evil'));
      expect([path, answer.error === null]).toEqual([path, false]);
    }
    expect((await put(foreign, PHOTO)).error).toBeNull();
  });

  test.each(['GET', 'POST', 'DELETE', 'PATCH', 'HEAD'])('does nothing by %s', async (method) => {
    const link = await ask(PHOTO.length);
    const { pathname, search } = new URL(link.url);
    const paths = [
      pathname,
      pathname.replace('/upload/sign/', '/sign/'),
      pathname.replace('/upload/sign', ''),
    ];
    for (const path of paths) {
      const answer = await fetch(`${stage.url}${path}${search}`, { method });
      expect([path, answer.ok && method !== 'HEAD']).toEqual([path, false]);
    }
    await put(link, PHOTO);
    for (const path of paths) {
      const answer = await fetch(`${stage.url}${path}${search}`, { method });
      expect([path, answer.ok]).toEqual([path, false]);
    }
  });

  test('is refused once it has expired, forged, or without a token', async () => {
    const link = await ask(PHOTO.length);
    const claims = { sub: link.path, bucket: 'quarantine', intent: 'upload', upsert: false };
    const tokens = [
      await storageToken(claims, FAKE_JWT_SECRET, '-1s'),
      await storageToken(claims, 'another secret of at least 32 characters'),
      await storageToken({ ...claims, intent: 'download' }),
      `${link.token.slice(0, -3)}AAA`,
      'x',
      '',
    ];
    for (const token of tokens) {
      const answer = await fetch(link.url.replace(link.token, token), { method: 'PUT', body: 'evil' });
      expect([token, answer.status]).toEqual([token, 400]);
    }
    expect((await put(link, PHOTO)).error).toBeNull();
  });
});

describe('a link for downloading', () => {
  test('lives for a minute, for one object, by GET', async () => {
    const [link, second] = [await accepted(), await accepted()];
    const { download } = (await send({ path: `/api/files/${link.id}` })).body;
    const url = new URL(download.url);
    const { exp, iat } = JSON.parse(
      Buffer.from(url.searchParams.get('token')?.split('.')[1] ?? '', 'base64url').toString(),
    );
    expect(exp - iat).toBe(60);
    expect((await fetch(url)).status).toBe(200);
    const moved = new URL(url.href.replace(link.path, second.path));
    const expired = new URL(url);
    const claims = { sub: link.path, bucket: 'attachments', intent: 'download' };
    expired.searchParams.set('token', await storageToken(claims, FAKE_JWT_SECRET, '-1s'));
    const forged = new URL(url);
    forged.searchParams.set('token', await storageToken(claims, 'another secret of at least 32 characters'));
    for (const bad of [moved, expired, forged]) expect((await fetch(bad)).status).toBe(400);
    const asUpload = url.href.replace('/object/sign/', '/object/upload/sign/');
    for (const method of ['PUT', 'POST', 'DELETE']) {
      for (const address of [url.href, asUpload]) {
        expect([method, (await fetch(address, { method, body: 'evil' })).ok]).toEqual([method, false]);
      }
    }
    expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(makePng());
    await send({ path: `/api/files/${link.id}`, method: 'DELETE' });
    expect((await fetch(url)).ok).toBe(false);
  });
});

describe('a user’s own power over Storage', () => {
  test('is to read the own accepted objects, and no more', async () => {
    const link = await accepted();
    const waiting = await ask(PHOTO.length);
    await put(waiting, PHOTO);
    const mine = stage.browser(user).storage;
    const { data } = await mine.from('attachments').download(link.path);
    expect(Buffer.from((await data?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(makePng());
    for (const [whose, bucket, path] of [
      [user, 'quarantine', waiting.path],
      [user, 'quarantine', link.path],
      [other, 'attachments', link.path],
      [other, 'quarantine', waiting.path],
      [undefined, 'attachments', link.path],
    ] as const) {
      const from = stage.browser(whose).storage.from(bucket);
      expect((await from.download(path)).data).toBeNull();
      expect((await from.createSignedUrl(path, 60)).data).toBeNull();
      expect((await from.list(path.split('/')[0])).data ?? []).toEqual([]);
    }
  });

  test('lets nobody write, move, replace or remove but the service', async () => {
    const link = await accepted();
    for (const whose of [user, other, undefined]) {
      const { storage } = stage.browser(whose);
      for (const bucket of ['quarantine', 'avatars', 'attachments', 'documents']) {
        const from = storage.from(bucket);
        const path = `${user?.userId}/mine`;
        expect((await from.upload(path, Buffer.from('evil'))).error).not.toBeNull();
        expect((await from.upload(path, new Blob(['evil']))).error).not.toBeNull();
        expect((await from.createSignedUploadUrl(path)).error).not.toBeNull();
      }
      const from = storage.from('attachments');
      expect((await from.update(link.path, Buffer.from('evil'))).error).not.toBeNull();
      expect((await from.upload(link.path, Buffer.from('evil'), { upsert: true })).error).not.toBeNull();
      expect((await from.move(link.path, `${user?.userId}/moved`)).error).not.toBeNull();
      expect((await from.copy(link.path, `${user?.userId}/copied`)).error).not.toBeNull();
      expect((await from.remove([link.path])).data ?? []).toEqual([]);
      expect((await storage.createBucket('mine', { public: true })).error).not.toBeNull();
      expect((await storage.updateBucket('attachments', { public: true })).error).not.toBeNull();
      expect((await storage.emptyBucket('attachments')).error).not.toBeNull();
      expect((await storage.deleteBucket('documents')).error).not.toBeNull();
    }
    const { download } = (await send({ path: `/api/files/${link.id}` })).body;
    expect(Buffer.from(await (await fetch(download.url)).arrayBuffer())).toEqual(makePng());
    const { rows } = await stage.admin.query(
      `select name from storage.objects where name like '%/mine' or name like '%/moved' or name like '%/copied'`,
    );
    expect(rows).toEqual([]);
    expect((await stage.admins.storage.listBuckets()).data?.filter((bucket) => bucket.public)).toEqual([]);
  });
});
