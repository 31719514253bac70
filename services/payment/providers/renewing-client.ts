import type { Now } from '#shared/kernel/ids';
import { oneAtATime } from '#shared/kernel/one-at-a-time';

export interface RenewingClientOptions<Credentials, Client> {
  readonly credentials: Credentials;
  /** As configured now. Default: what they were. */
  readonly newest?: (() => Promise<Credentials>) | undefined;
  readonly connect: (credentials: Credentials) => Promise<Client>;
  /** Whether an error says that the provider did not take our credentials, and so did nothing. */
  readonly isRefused: (error: unknown) => boolean;
  /** Whether a new client may be taken where the same credentials were refused with the old one. */
  readonly mayRecover: boolean;
  readonly now: Now;
}

/** Milliseconds that a refusal of everything stands. */
const QUIET_MS = 5_000;

/**
 * Calls a provider by a client that is made when first needed. When the credentials are refused they are asked for again,
 * once for all who wait, and the call is made again with what is configured now: safe, since a refused call has done
 * nothing. What is refused then stays refused for some seconds.
 */
export const renewingClient = <Credentials, Client>(
  options: RenewingClientOptions<Credentials, Client>,
): (<T>(make: (client: Client) => Promise<T>) => Promise<T>) => {
  const { connect, isRefused, mayRecover, now } = options;
  let { credentials } = options;
  let client: Promise<Client> | undefined;
  let quietUntil = 0;

  const renew = oneAtATime(async (): Promise<boolean> => {
    const found = (await options.newest?.()) ?? credentials;
    const isNew = JSON.stringify(found) !== JSON.stringify(credentials);
    if (!isNew) quietUntil = now() + QUIET_MS;
    if (!isNew && !mayRecover) return false;
    credentials = found;
    client = undefined;
    return true;
  });

  const renewOnce = async (used: Promise<Client>): Promise<boolean> => {
    if (used !== client) return true; // somebody else has done it
    return now() < quietUntil ? false : renew();
  };

  const current = (): Promise<Client> => {
    client ??= connect(credentials);
    return client;
  };

  return async (make) => {
    const used = current();
    try {
      return await make(await used);
    } catch (error) {
      if (!isRefused(error) || !(await renewOnce(used))) throw error;
      return make(await current());
    }
  };
};
