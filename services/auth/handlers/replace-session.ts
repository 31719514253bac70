import { SESSION_COOKIE } from '#shared/identity/session-cookie';
import { isSessionToken } from '#shared/identity/session-token';
import { endOpaqueSession } from '../use-cases/end-opaque-session';

interface Asked {
  readonly cookies: ReadonlyMap<string, string>;
}

interface Entered {
  readonly cookies?: readonly string[];
}

/**
 * Ends the session of the cookie that a handler has replaced by signing somebody in. The browser has forgotten it; it would
 * live on for whoever has copied it (OWASP ASVS 5.0, 7.2.4).
 */
export const replaceSession =
  <Request extends Asked, Response extends Entered>(
    deps: Parameters<typeof endOpaqueSession>[0],
    handle: (request: Request) => Promise<Response>,
  ) =>
  async (request: Request): Promise<Response> => {
    const response = await handle(request);
    const old = request.cookies.get(SESSION_COOKIE) ?? '';
    const replaced = response.cookies?.some((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`)) ?? false;
    if (replaced && isSessionToken(old)) await endOpaqueSession(deps, old);
    return response;
  };
