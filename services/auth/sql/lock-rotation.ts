import type { Queryable } from '#shared/database/queryable';

/** A session as its rotation needs it. */
export interface Rotation {
  readonly sessionId: string;
  readonly tokenHash: Buffer;
  readonly name: string;
  readonly email: string | null;
  /** Tokens that were replaced within the overlap, and how to get from each to its successor. */
  readonly retired: readonly { readonly tokenHash: Buffer; readonly nonce: Buffer }[];
}

const LOCK = `
  select s.id as "sessionId", s.token_hash as "tokenHash", coalesce(p.name, '') as name, p.email
  from private.sessions s left join public.user_profiles p on p.id = s.user_id
  where s.id = $1 and s.ended_at is null
  for no key update of s`;

const RETIRED = `
  select token_hash as "tokenHash", nonce from private.session_tokens where session_id = $1 and retired_at > $2`;

/** Locks a session against other rotations; null when it has ended. Two statements: what they wrote must be seen. */
export const lockRotation = async (
  tx: Queryable,
  { sessionId, retiredAfter }: { readonly sessionId: string; readonly retiredAfter: Date },
): Promise<Rotation | null> => {
  const { rows } = await tx.query<Omit<Rotation, 'retired'>>(LOCK, [sessionId]);
  const [session] = rows;
  if (session === undefined) return null;
  const retired = await tx.query<Rotation['retired'][number]>(RETIRED, [sessionId, retiredAfter]);
  return { ...session, retired: retired.rows };
};
