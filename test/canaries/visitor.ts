import { setTimeout as sleep } from 'node:timers/promises';
import type { Tandem } from '../../local/tandem';
import type { Canaries } from './canaries';

export interface VisitorAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any;
  readonly cookies: readonly string[];
}

/** Somebody at the gateway, all of whose secrets are canaries. */
export interface Visitor {
  readonly call: (
    method: string,
    path: string,
    options?: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> },
  ) => Promise<VisitorAnswer>;
  /** Everything that was answered with an error: where, and the whole answer. */
  readonly errors: [where: string, text: string][];
  /** Remembers the tokens in an answer of the auth service. */
  readonly keepTokens: (name: string, answer: VisitorAnswer) => VisitorAnswer;
  /** The six digits of the newest mail to an address; too few to be looked for. */
  readonly codeFor: (email: string) => Promise<string>;
  /** A request to a double, as payers, banks and their pages make it. */
  readonly atDouble: (provider: 'stripe' | 'paypal', path: string, body: unknown) => Promise<VisitorAnswer>;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever came
const parse = (text: string): any => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

export const makeVisitor = (tandem: Tandem, canaries: Canaries): Visitor => {
  const errors: [string, string][] = [];
  const call: Visitor['call'] = async (method, path, { body, headers = {} } = {}) => {
    const response = await fetch(`${tandem.info.urls.api}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = { status: response.status, body: parse(text), cookies: response.headers.getSetCookie() };
    for (const cookie of answer.cookies) {
      const value = cookie.split(';')[0]?.split('=')[1] ?? '';
      if (value.length > 20) canaries.keep('token', `cookie of ${path}`, value);
    }
    const all = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    if (response.status >= 400)
      errors.push([`answer ${response.status} of ${method} ${path.split('?')[0]}`, all + text]);
    return answer;
  };
  return {
    call,
    errors,
    keepTokens: (name, answer) => {
      if (answer.status >= 300) throw new Error(`${name}: ${JSON.stringify(answer.body)}`);
      const { user, supabase_session: session } = answer.body;
      if (user?.token) canaries.keep('token', `opaque token of ${name}`, user.token);
      if (session) {
        canaries.keep('token', `access token of ${name}`, session.access_token);
        canaries.keep('token', `refresh token of ${name}`, session.refresh_token);
      }
      return answer;
    },
    codeFor: async (email) => {
      for (let tries = 0; tries < 100; tries += 1) {
        const code = /\b\d{6}\b/.exec(tandem.mail.messages(email)[0]?.text ?? '')?.[0];
        if (code !== undefined) return code;
        await sleep(100);
      }
      throw new Error(`no mail with a code for ${email}`);
    },
    atDouble: async (provider, path, body) => {
      const response = await fetch(`${tandem.doubles[provider]?.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: parse(await response.text()), cookies: [] };
    },
  };
};
