import { decodeJwt } from 'jose';
import type { WebHandler } from './serve-web';

/** What Supabase's authenticator may become. */
const API_ROLES = ['anon', 'authenticated', 'service_role'];

/**
 * Refuses tokens that name another Postgres role, as a Supabase project does, whose Data API logs in as the authenticator. Lite
 * has to be the superuser to see the schema, and would become whatever a signed token says.
 */
export function refuseRoles(next: WebHandler): WebHandler {
  return async (request, peerAddress) => {
    // The older kind of API key is such a token, too.
    const tokens = [request.headers.get('authorization'), request.headers.get('apikey')];
    const role = tokens.map(claimedRole).find((claimed) => claimed !== null && !API_ROLES.includes(claimed));
    if (role === undefined) return next(request, peerAddress);
    const message = `permission denied to set role "${role}"`;
    return Response.json({ code: '42501', details: null, hint: null, message }, { status: 401 });
  };
}

/** The role a token names, genuine or not; null where there is none, which is Lite's to judge. */
function claimedRole(header: string | null): string | null {
  try {
    const { role } = decodeJwt(header?.split(' ').at(-1) ?? '');
    return role === undefined ? null : String(role);
  } catch {
    return null;
  }
}
