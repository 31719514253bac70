import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, SignJWT } from 'jose';
import type { Queryable } from '#shared/database/queryable';
import { FAKE_JWT_SECRET } from './fake-identity';

/** The code that every authenticator app shows here. */
export const RIGHT_CODE = '271828';

export interface SecondFactorStandIn {
  readonly url: string;
  readonly close: () => Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/**
 * Supabase Auth as far as passwords and second factors go, in the words of its API
 * (supabase.com/docs/guides/auth/auth-mfa/totp), for one account whose sessions and factors stand in Postgres. Every password
 * is right, and a new one is set by the old one alone, as a project may demand.
 */
export const startSecondFactorStandIn = async (
  admin: Queryable,
  account: { readonly id: string; readonly email: string },
): Promise<SecondFactorStandIn> => {
  const { id: userId, email } = account;
  const challenges = new Map<string, string>();

  const factors = async () =>
    (
      await admin.query<Record<string, unknown>>('select * from auth.mfa_factors where user_id = $1', [
        userId,
      ])
    ).rows;
  const user = async () => ({ id: userId, email, user_metadata: {}, factors: await factors() });

  const tokens = async (sessionId: string): Promise<Answer> => {
    const access_token = await new SignJWT({ role: 'authenticated', session_id: sessionId })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(userId)
      .setAudience('authenticated')
      .setExpirationTime('1h')
      .sign(Buffer.from(FAKE_JWT_SECRET));
    const body = { access_token, refresh_token: randomUUID(), token_type: 'bearer', expires_in: 3_600 };
    return { status: 200, body: { ...body, user: await user() } };
  };

  const isVerified = async (id: string): Promise<boolean> =>
    (await factors()).some((factor) => factor.id === id && factor.status === 'verified');
  const aalOf = async (sessionId: string): Promise<string | undefined> =>
    (await admin.query<{ aal: string }>('select aal from auth.sessions where id = $1', [sessionId])).rows[0]
      ?.aal;

  const answer = async (request: IncomingMessage, sent: Record<string, string>): Promise<Answer> => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const asked = `${request.method} ${pathname.replace('/auth/v1', '')}`;
    if (asked === 'POST /token') {
      const sessionId = randomUUID();
      const text = "insert into auth.sessions (id, user_id, aal) values ($1, $2, 'aal1')";
      await admin.query(text, [sessionId, userId]);
      return tokens(sessionId);
    }
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    const { session_id: sessionId } = decodeJwt<{ session_id: string }>(token);
    if (asked === 'PUT /user' && sent.current_password === undefined) {
      return refusal(400, 'current_password_required');
    }
    if (asked === 'GET /user' || asked === 'PUT /user') return { status: 200, body: await user() };
    if (asked === 'POST /factors') {
      const id = randomUUID();
      const text =
        "insert into auth.mfa_factors (id, user_id, status, factor_type, friendly_name) values ($1, $2, 'unverified', 'totp', $3)";
      await admin.query(text, [id, userId, sent.friendly_name ?? null]);
      const totp = { qr_code: '<svg/>', secret: 'SECRET', uri: 'otpauth://totp/Tandem' };
      return { status: 200, body: { id, type: 'totp', totp } };
    }
    const [, id = '', verb = ''] = /^\w+ \/factors\/([\w-]+)\/?(\w*)$/.exec(asked) ?? [];
    if (!(await factors()).some((factor) => factor.id === id)) return refusal(404, 'mfa_factor_not_found');
    if (verb === 'challenge') {
      const challenge = randomUUID();
      challenges.set(challenge, id);
      return { status: 200, body: { id: challenge, type: 'totp', expires_at: 2_000_000_000 } };
    }
    if (verb === 'verify') {
      const fits = challenges.get(sent.challenge_id ?? '') === id && sent.code === RIGHT_CODE;
      if (!fits) return refusal(422, 'mfa_verification_failed');
      await admin.query("update auth.mfa_factors set status = 'verified' where id = $1", [id]);
      await admin.query("update auth.sessions set aal = 'aal2' where id = $1", [sessionId]);
      return tokens(sessionId);
    }
    if ((await isVerified(id)) && (await aalOf(sessionId)) !== 'aal2')
      return refusal(422, 'insufficient_aal');
    await admin.query('delete from auth.mfa_factors where id = $1', [id]);
    return { status: 200, body: { id } };
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const { status, body } = await answer(request, text === '' ? {} : JSON.parse(text));
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-supabase-api-version': '2024-01-01',
    });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const refusal = (status: number, code: string): Answer => ({ status, body: { code, message: code } });
