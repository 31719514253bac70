import type { AccountKeys } from '#shared/limits/account-keys';

interface Asked {
  readonly cookies: ReadonlyMap<string, string>;
}

interface Entered {
  readonly body: { readonly user: { readonly email: string | null; readonly token: string | null } | null };
  readonly cookies?: readonly string[];
}

/**
 * Marks the browser of whoever a handler has signed in as a known device of the account, so that guesses of strangers cannot
 * use up its tries (docs/rate-limits.md).
 */
export const rememberDevice =
  <Request extends Asked, Response extends Entered>(
    accounts: AccountKeys,
    handle: (request: Request) => Promise<Response>,
  ) =>
  async (request: Request): Promise<Response> => {
    const response = await handle(request);
    const { user } = response.body;
    if (user === null || user.token === null || user.email === null) return response;
    const cookie = accounts.rememberDevice(user.email, request.cookies);
    return { ...response, cookies: [...(response.cookies ?? []), cookie] };
  };
