import http from 'node:http';
import https from 'node:https';
import type { Client, OrdersController, PaymentsController } from '@paypal/paypal-server-sdk';

export interface PayPalCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface PayPalOptions extends PayPalCredentials {
  /** Where PayPal's API is; default by mode. */
  readonly apiBase?: string | undefined;
  readonly mode: 'live' | 'test';
}

export interface PayPalSdk {
  readonly orders: OrdersController;
  readonly payments: PaymentsController;
  /** Reads what the SDK has no controller for, with the same token. Gives the answer's text. */
  readonly get: (
    path: string,
    query: Readonly<Record<string, string | number>>,
  ) => Promise<{ readonly body: unknown }>;
}

/** Milliseconds: a token and a call fit into the gateway's 29 s. */
const TIMEOUT_MS = 9_000;
const MAX_ANSWER_BYTES = 1_048_576;

/**
 * PayPal's own SDK, loaded when first needed (it is larger than the rest of the function). It knows two addresses by name;
 * for any other its requests are sent elsewhere below axios, by the documented `transport` option, which also gives us
 * keep-alive, no redirects and a cap on answers.
 */
export const connectPayPal = async (options: PayPalOptions): Promise<PayPalSdk> => {
  const sdk = await import('@paypal/paypal-server-sdk');
  const client: Client = new sdk.Client({
    clientCredentialsAuthCredentials: {
      oAuthClientId: options.clientId,
      oAuthClientSecret: options.clientSecret,
    },
    environment: options.mode === 'live' ? sdk.Environment.Production : sdk.Environment.Sandbox,
    timeout: TIMEOUT_MS,
    // We repeat calls ourselves, with the keys we wrote down.
    httpClientOptions: { retryConfig: { maxNumberOfRetries: 0, retryOnTimeout: false } },
    unstable_httpClientOptions: {
      maxRedirects: 0,
      maxContentLength: MAX_ANSWER_BYTES,
      proxy: false,
      transport: transportTo(options.apiBase === undefined ? null : new URL(options.apiBase)),
    },
  });
  return {
    orders: new sdk.OrdersController(client),
    payments: new sdk.PaymentsController(client),
    get: (path, query) => {
      const request = client.getRequestBuilderFactory()('GET', path);
      for (const [name, value] of Object.entries(query)) request.query(name, value);
      request.authenticate([{ oauth2: true }]);
      return request.callAsText();
    },
  };
};

/** The shape axios asks of a transport: `request` as in node:http. */
const transportTo = (base: URL | null) => {
  const protocol = base?.protocol === 'http:' ? http : https;
  const agent = new protocol.Agent({ keepAlive: true });
  const elsewhere =
    base === null ? {} : { protocol: base.protocol, hostname: base.hostname, port: base.port };
  return {
    request: (options: https.RequestOptions, onAnswer: (answer: http.IncomingMessage) => void) =>
      protocol.request({ ...options, ...elsewhere, agent }, onAnswer),
  };
};
