import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** GitHub as far as Supabase Auth asks it about somebody who signs in; whoever comes is the person given. */
export interface GithubStandIn {
  readonly url: string;
  person: { readonly id: number; readonly login: string; readonly name: string; readonly email: string };
  readonly close: () => Promise<void>;
}

/** Listens on a free port of 127.0.0.1. */
export const startGithubStandIn = async (): Promise<GithubStandIn> => {
  const standIn = { person: { id: 1, login: 'ada', name: 'Ada', email: 'ada@example.test' } };
  const server: Server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const { email, ...person } = standIn.person;
    if (pathname === '/login/oauth/authorize') {
      const back = new URL(searchParams.get('redirect_uri') ?? 'http://127.0.0.1');
      back.searchParams.set('code', 'github-code');
      back.searchParams.set('state', searchParams.get('state') ?? '');
      response.writeHead(302, { location: back.href }).end();
      return;
    }
    const answers: Record<string, unknown> = {
      '/login/oauth/access_token': {
        access_token: 'github-token',
        token_type: 'bearer',
        scope: 'user:email',
      },
      '/api/v3/user': { ...person, avatar_url: 'https://example.test/a.png' },
      '/api/v3/user/emails': [{ email, verified: true, primary: true }],
    };
    const answer = answers[pathname];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return Object.assign(standIn, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
};
