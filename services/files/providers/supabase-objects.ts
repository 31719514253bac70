import type { SupabaseClient } from '@supabase/supabase-js';
import { AppError } from '#shared/errors/app-error';
import type { SupabaseProject } from '#shared/supabase/client-options';
import { makeSecretClient } from '#shared/supabase/secret-client';
import type { ObjectStore, ReadObject } from '../ports';

/** Storage says in the body what it means by a 400 (supabase.com/docs/guides/storage/debugging/error-codes). */
const isNamed = (error: unknown, ...statusCodes: readonly string[]): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'statusCode' in error &&
  statusCodes.includes(String(error.statusCode));

const unavailable = (cause: unknown): AppError => new AppError('storage_unavailable', { cause });

/** Anything that supabase-js throws by itself, such as for a network that is not there, is Storage being away. */
const orUnavailable = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw error instanceof AppError ? error : unavailable(error);
  }
};

/** Supabase Storage as a project has it, with the power of the secret key: policies are for users. */
export const makeSupabaseObjects = (project: SupabaseProject, secretKey: string): ObjectStore => {
  let client: Promise<SupabaseClient> | null = null;
  const bucketOf = async (bucket: string) => {
    client ??= makeSecretClient(project, secretKey);
    return (await client).storage.from(bucket);
  };
  return {
    signUpload: ({ bucket, key }) =>
      orUnavailable(async () => {
        const { data, error } = await (await bucketOf(bucket)).createSignedUploadUrl(key);
        if (error !== null) {
          if (isNamed(error, '409')) return null;
          throw unavailable(error);
        }
        return { url: data.signedUrl, token: data.token };
      }),
    signDownload: ({ bucket, key }, { name, seconds }) =>
      orUnavailable(async () => {
        const { data, error } = await (await bucketOf(bucket)).createSignedUrl(key, seconds);
        if (error !== null) throw unavailable(error);
        // Not by the option of supabase-js, which encodes the name twice.
        const url = new URL(data.signedUrl);
        url.searchParams.set('download', name);
        return url.href;
      }),
    read: ({ bucket, key }, limit) =>
      orUnavailable(async () => {
        const { data, error } = await (await bucketOf(bucket)).download(key).asStream();
        if (error === null) return readUpTo(data, limit);
        if (isNamed(error, '404')) return { kind: 'missing' };
        throw unavailable(error);
      }),
    write: ({ bucket, key }, { bytes, type }) =>
      orUnavailable(async () => {
        const from = await bucketOf(bucket);
        const { error } = await from.upload(key, bytes, { contentType: type, upsert: true });
        if (error !== null) throw unavailable(error);
      }),
    remove: (bucket, keys) =>
      orUnavailable(async () => {
        const { error } = await (await bucketOf(bucket)).remove([...keys]);
        if (error !== null) throw unavailable(error);
      }),
  };
};

/** Whatever length was announced: what comes is counted, and one byte too many ends it. */
const readUpTo = async (stream: ReadableStream<Uint8Array>, limit: number): Promise<ReadObject> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    // Leaving the loop cancels the stream.
    if (size > limit) return { kind: 'too_large' };
    chunks.push(chunk);
  }
  return { kind: 'bytes', bytes: Buffer.concat(chunks) };
};
