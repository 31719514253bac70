import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { ObjectPlace, ObjectStore } from '../../../services/files/ports';

export interface MemoryObjects extends ObjectStore {
  readonly kept: Map<string, Buffer>;
  /** What a client does with a link. */
  readonly upload: (key: string, bytes: Buffer) => Promise<void>;
  /** Called before each step; throws to have it fail, or waits. */
  before: (step: 'read' | 'write' | 'remove' | 'sign', place: ObjectPlace) => Promise<void>;
}

const nameOf = ({ bucket, key }: ObjectPlace): string => `${bucket}/${key}`;

/** Objects in memory, with their rows in the database's storage schema, as Storage has them. */
export const makeMemoryObjects = (admin: Queryable): MemoryObjects => {
  const kept = new Map<string, Buffer>();
  const put = async (place: ObjectPlace, bytes: Buffer): Promise<void> => {
    kept.set(nameOf(place), bytes);
    await admin.query(
      'insert into storage.objects (bucket_id, name) values ($1, $2) on conflict (bucket_id, name) do nothing',
      [place.bucket, place.key],
    );
  };
  const objects: MemoryObjects = {
    kept,
    before: async () => undefined,
    upload: async (key, bytes) => {
      const place = { bucket: 'quarantine', key };
      if (kept.has(nameOf(place))) throw new Error('Duplicate');
      await put(place, bytes);
    },
    signUpload: async (place) => {
      await objects.before('sign', place);
      if (kept.has(nameOf(place))) return null;
      return { url: `http://storage.test/${nameOf(place)}`, token: 'token' };
    },
    signDownload: async (place) => {
      await objects.before('sign', place);
      return `http://storage.test/${nameOf(place)}?token=t`;
    },
    read: async (place, limit) => {
      await objects.before('read', place);
      const bytes = kept.get(nameOf(place));
      if (bytes === undefined) return { kind: 'missing' };
      return bytes.length > limit ? { kind: 'too_large' } : { kind: 'bytes', bytes };
    },
    write: async (place, { bytes }) => {
      await objects.before('write', place);
      await put(place, bytes);
    },
    remove: async (bucket, keys) => {
      for (const key of keys) {
        await objects.before('remove', { bucket, key });
        kept.delete(nameOf({ bucket, key }));
        await admin.query('delete from storage.objects where bucket_id = $1 and name = $2', [bucket, key]);
      }
    },
  };
  return objects;
};

/** For `before`: the network goes away. */
export const storageAway = (): never => {
  throw new AppError('storage_unavailable');
};
