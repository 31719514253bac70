import { Client } from 'pg';
import type { WebHandler } from './serve-web';

const END_IF_BANNED = `
  delete from auth.sessions s using auth.users u
  where u.id = s.user_id and u.id = $1 and u.banned_until > now()
  returning s.id`;

/**
 * Refuses to banned accounts what opens or renews a session, as Supabase Auth does; Lite looks at a ban only where people sign
 * in by another site. `databaseUrl` as supabase_auth_admin.
 */
export function refuseBanned(databaseUrl: string, next: WebHandler): WebHandler {
  return async (request, peerAddress) => {
    const answer = await next(request, peerAddress);
    if (request.method !== 'POST' || !/\/auth\/v1\/(token|verify)$/.test(new URL(request.url).pathname)) {
      return answer;
    }
    const userId = await signedInUser(answer);
    if (userId === null) return answer;
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    const { rowCount } = await client.query(END_IF_BANNED, [userId]).finally(() => client.end());
    if (rowCount === 0) return answer;
    return Response.json({ code: 403, error_code: 'user_banned', msg: 'User is banned' }, { status: 403 });
  };
}

/** Whom an answer signs in; null for any other answer. */
async function signedInUser(answer: Response): Promise<string | null> {
  if (!answer.ok) return null;
  try {
    const body: unknown = await answer.clone().json();
    if (typeof body !== 'object' || body === null || !('user' in body)) return null;
    const { user } = body;
    return typeof user === 'object' && user !== null && 'id' in user && typeof user.id === 'string'
      ? user.id
      : null;
  } catch {
    return null;
  }
}
