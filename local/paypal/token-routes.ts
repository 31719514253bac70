import { timingSafeEqual } from 'node:crypto';
import { type HttpReply, type HttpRequest, headerOf, jsonReply } from '../doubles/http-messages';
import type { Route } from '../doubles/route-table';
import { PayPalError } from './paypal-error';
import type { PayPalState } from './state';

export type Credentials = { clientId: string; clientSecret: string };

/** PayPal's sandbox tokens live nine hours. */
const tokenSeconds = 32_400;

export type Tokens = {
  routes: Route[];
  /** Throws the 401 that PayPal answers unless the request carries a token that still lives. */
  check(request: HttpRequest): void;
};

/**
 * POST /v1/oauth2/token (client credentials only).
 * Tokens live on real time, not on the double's clock: their holder counts `expires_in` on its own clock, and
 * travelling in time must not look like a revoked token. The control API can end them all.
 */
export function createTokens(state: PayPalState, credentials: Credentials, newToken: () => string): Tokens {
  return {
    routes: [{ method: 'POST', pattern: '/v1/oauth2/token', handle: issue }],
    check(request) {
      const [, token = ''] = /^Bearer (\S+)$/i.exec(headerOf(request, 'authorization') ?? '') ?? [];
      const expiry = state.tokens.get(token);
      if (expiry === undefined || expiry <= Date.now()) throw new PayPalError(401);
    },
  };

  function issue(request: HttpRequest): HttpReply {
    if (!isClient(headerOf(request, 'authorization'))) {
      return oauthError(401, 'invalid_client', 'Client Authentication failed');
    }
    const form = new URLSearchParams(request.rawBody.toString('utf8'));
    const grant = form.get('grant_type');
    if (grant === null) return oauthError(400, 'invalid_request', 'Missing grant_type parameter');
    if (grant !== 'client_credentials') {
      return oauthError(400, 'unsupported_grant_type', 'Grant Type is not supported');
    }
    for (const [token, expiry] of state.tokens) if (expiry <= Date.now()) state.tokens.delete(token);
    const token = newToken();
    state.tokens.set(token, Date.now() + tokenSeconds * 1000);
    return jsonReply(200, {
      scope:
        'https://uri.paypal.com/services/payments/payment https://uri.paypal.com/services/applications/webhooks',
      access_token: token,
      token_type: 'Bearer',
      app_id: 'APP-80W284485P519543T',
      expires_in: tokenSeconds,
      nonce: `${new Date().toISOString()}${token.slice(-12)}`,
    });
  }

  function isClient(authorization = ''): boolean {
    const given = Buffer.from(authorization.replace(/^Basic /i, ''), 'base64');
    const wanted = Buffer.from(`${credentials.clientId}:${credentials.clientSecret}`);
    return /^Basic /i.test(authorization) && given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

function oauthError(status: number, error: string, description: string): HttpReply {
  return jsonReply(status, { error, error_description: description });
}
