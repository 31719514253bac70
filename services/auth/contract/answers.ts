import * as z from 'zod/mini';
import { preferences } from './fields';

export const user = z.strictObject({
  id: z.uuid(),
  email: z.nullable(z.string()),
  name: z.string(),
  /** Our opaque session token; null while there is no session, or where the caller already holds it. */
  token: z.nullable(z.string()),
});

/** As supabase-js wants it in `auth.setSession`. */
export const supabaseSession = z.strictObject({
  access_token: z.string(),
  refresh_token: z.string(),
  /** Seconds. */
  expires_in: z.int(),
  /** Seconds since 1970. */
  expires_at: z.int(),
  token_type: z.string(),
  user: z.strictObject({ id: z.uuid(), email: z.nullable(z.string()) }),
});

export const signedIn = z.strictObject({
  success: z.literal(true),
  user,
  /** Null while the address is not confirmed, or where the caller already holds it. */
  supabase_session: z.nullable(supabaseSession),
});

/** As signedIn; without id, token and session while the address is not confirmed, whether or not it has an account. */
export const signedUp = z.strictObject({
  success: z.literal(true),
  user: z.strictObject({
    id: z.nullable(z.uuid()),
    email: z.nullable(z.string()),
    name: z.string(),
    token: z.nullable(z.string()),
  }),
  supabase_session: z.nullable(supabaseSession),
});

/** As signedIn; user null while a changed address waits for the other mailbox to confirm. */
export const verified = z.strictObject({
  success: z.literal(true),
  user: z.nullable(user),
  supabase_session: z.nullable(supabaseSession),
});

/** A redirection, for clients that do not follow it. */
export const sentTo = z.strictObject({ success: z.literal(true), location: z.url() });

export const done = z.strictObject({ success: z.literal(true) });

export const profile = z.strictObject({
  success: z.literal(true),
  profile: z.strictObject({
    id: z.uuid(),
    email: z.nullable(z.string()),
    name: z.string(),
    avatar_url: z.nullable(z.string()),
    /** A picture among the user's files; shown rather than avatar_url. */
    avatar_file_id: z.nullable(z.uuid()),
    metadata: z.record(z.string(), z.unknown()),
    preferences,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  }),
});

export const session = z.strictObject({
  id: z.uuid(),
  opened_by: z.enum(['password', 'email', 'recovery', 'oauth']),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime(),
  /** When it ends if it is not used again. */
  expires_at: z.iso.datetime(),
  /** For people: `Firefox on Windows`. */
  device: z.string(),
  user_agent: z.nullable(z.string()),
  address: z.nullable(z.string()),
  /** The session of this request. */
  current: z.boolean(),
});
