import { type AccountClass, type Addresses, CLASSES, PASSWORD } from './make-accounts';
import { timedCall } from './timed-call';

/** What was measured of one route. */
export interface Measured {
  readonly route: string;
  /** Milliseconds of each answer. */
  readonly times: Readonly<Record<AccountClass, readonly number[]>>;
  /** How many answers differ from one another in status, headers or body; 1: none does. */
  readonly contents: readonly string[];
}

export interface MeasureOptions {
  readonly api: string;
  readonly addresses: Addresses;
  /** Requests that are under way at a time. */
  readonly parallel: number;
  readonly routes: readonly RouteName[];
  readonly onRoute: (measured: Measured) => void;
}

/** Sign-up comes last: it makes accounts of the addresses that have none. */
export const ROUTES = [
  'verify',
  'signin',
  'reset-password',
  'resend',
  'magic-link',
  'email',
  'signup',
] as const;

export type RouteName = (typeof ROUTES)[number];

/** So many calls use one session: a new address is asked for within 15 minutes of signing in. */
const CALLS_OF_A_SESSION = 400;

/** Asks every route about every address once, the classes shuffled into one another. */
export const measureRoutes = async (options: MeasureOptions): Promise<void> => {
  for (const route of ROUTES.filter((name) => options.routes.includes(name))) {
    options.onRoute(await measureRoute(options, route));
  }
};

const measureRoute = async (
  { api, addresses, parallel }: MeasureOptions,
  route: RouteName,
): Promise<Measured> => {
  const times: Record<AccountClass, number[]> = { existing: [], absent: [], unconfirmed: [], banned: [] };
  const contents = new Set<string>();
  const url = `${api}/api/auth/${route}`;
  const asking = shuffled(CLASSES.flatMap((name) => addresses[name].map((email) => ({ name, email }))));
  let next = 0;

  const ask = async (): Promise<void> => {
    let headers = {};
    for (let calls = 0; ; calls += 1) {
      const asked = asking[next];
      next += 1;
      if (asked === undefined) return;
      if (route === 'email' && calls % CALLS_OF_A_SESSION === 0) headers = await signIn(api);
      const { ms, content } = await timedCall(url, bodyOf(route, asked.email), headers);
      times[asked.name].push(ms);
      contents.add(content);
    }
  };
  await warmUp(url, route);
  await Promise.all(Array.from({ length: parallel }, ask));
  return { route, times, contents: [...contents] };
};

/** The account that asks for new addresses. */
export const ASKER = 'asker@timing.test';

const signIn = async (api: string): Promise<Readonly<Record<string, string>>> => {
  const { body, status } = await timedCall(`${api}/api/auth/signin`, { email: ASKER, password: PASSWORD });
  if (status !== 200) throw new Error(`sign-in answered ${status}`);
  const { supabase_session: session }: { supabase_session: { access_token: string } } = JSON.parse(body);
  return { authorization: `Bearer ${session.access_token}` };
};

const warmUp = async (url: string, route: RouteName): Promise<void> => {
  for (let call = 0; call < 20; call += 1) await timedCall(url, bodyOf(route, `warm-${call}@timing.test`));
};

const bodyOf = (route: RouteName, email: string): Record<string, unknown> => {
  if (route === 'signin') return { email, password: 'not the password of anybody' };
  // Before any mail was asked for: a code of which the account knows nothing.
  if (route === 'verify') return { email, token: '000000', type: 'magiclink' };
  if (route === 'signup') return { email, password: 'a password of somebody new', name: 'Ada' };
  return { email };
};

const shuffled = <T>(values: readonly T[]): T[] => {
  const result = [...values];
  for (let at = result.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1));
    [result[at], result[other]] = [result[other] as T, result[at] as T];
  }
  return result;
};
