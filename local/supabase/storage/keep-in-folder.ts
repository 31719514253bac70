import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '@supabase/lite';

/** Where Lite keeps the bytes of objects; it brings such a thing for its command line alone. */
export type ObjectKeeper = NonNullable<App['_storageAdapter']>;

type Metadata = Awaited<ReturnType<ObjectKeeper['headObject']>>;

/** What is kept beside the bytes. */
type Kept = Pick<Metadata, 'mimetype' | 'cacheControl' | 'eTag'>;

/**
 * Keeps objects in a folder: a file for the bytes, named by the hash of bucket and key, so that no key leads out of it, and one
 * for what is known of them. Each is written whole under another name first.
 */
export function keepInFolder(folder: string): ObjectKeeper {
  const placeOf = (bucket: string, key: string): string =>
    join(folder, createHash('sha256').update(`${bucket}\n${key}`).digest('hex'));

  const head = async (bucket: string, key: string): Promise<Metadata> => {
    const place = placeOf(bucket, key);
    const [{ size, mtime }, kept] = await Promise.all([stat(place), readFile(`${place}.json`, 'utf8')]);
    return {
      ...(JSON.parse(kept) as Kept),
      size,
      contentLength: size,
      lastModified: mtime,
      httpStatusCode: 200,
    };
  };

  return {
    driver: folder,
    uploadObject: async (bucket, key, _version, body, mimetype, cacheControl) => {
      const place = placeOf(bucket, key);
      const bytes = Buffer.from(
        await new Response(body as ConstructorParameters<typeof Response>[0]).arrayBuffer(),
      );
      const kept: Kept = {
        mimetype,
        cacheControl,
        eTag: `"${createHash('md5').update(bytes).digest('hex')}"`,
      };
      await mkdir(folder, { recursive: true });
      await writeWhole(`${place}.json`, JSON.stringify(kept));
      await writeWhole(place, bytes);
      return head(bucket, key);
    },
    getObject: async (bucket, key) => {
      const metadata = await head(bucket, key);
      return { metadata, httpStatusCode: 200, body: await readFile(placeOf(bucket, key)) };
    },
    headObject: head,
    deleteObject: async (bucket, key) => remove(placeOf(bucket, key)),
    deleteObjects: async (bucket, keys) => {
      for (const key of keys) await remove(placeOf(bucket, key));
    },
    copyObject: async (bucket, key, _version, toBucket, toKey) => {
      const [from, to] = [placeOf(bucket, key), placeOf(toBucket, toKey)];
      await copyFile(`${from}.json`, `${to}.json`);
      await copyFile(from, to);
      const { eTag, lastModified, httpStatusCode } = await head(toBucket, toKey);
      return { eTag, lastModified, httpStatusCode };
    },
    privateAssetUrl: async (bucket, key) => placeOf(bucket, key),
  };
}

async function writeWhole(path: string, content: string | Buffer): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content);
  await rename(draft, path);
}

async function remove(place: string): Promise<void> {
  await rm(place, { force: true });
  await rm(`${place}.json`, { force: true });
}
