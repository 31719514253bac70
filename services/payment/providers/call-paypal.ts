import { isRefusedToken, isStaleConnection, mapPayPalError } from './map-paypal-error';
import { connectPayPal, type PayPalCredentials, type PayPalOptions, type PayPalSdk } from './paypal-client';
import { renewingClient } from './renewing-client';

/** Makes a call by PayPal's SDK and gives the answer as parsed JSON: the SDK's own models drop what they do not know. */
export type CallPayPal = (make: (sdk: PayPalSdk) => Promise<{ readonly body: unknown }>) => Promise<unknown>;

export type PayPalConnection = PayPalOptions & {
  /** The credentials as configured now, for when PayPal refuses those. Default: they are never changed. */
  readonly newestCredentials?: () => Promise<PayPalCredentials>;
};

/**
 * One connection to PayPal, with one token, made when first needed. Throws AppError as the port says; a call on a kept-alive
 * connection that PayPal has closed is made again at once, and one whose token PayPal no longer takes with a new token.
 */
export const callPayPal = (options: PayPalConnection): CallPayPal => {
  const call = renewingClient<PayPalCredentials, PayPalSdk>({
    credentials: { clientId: options.clientId, clientSecret: options.clientSecret },
    newest: options.newestCredentials,
    connect: (credentials) => connectPayPal({ ...options, ...credentials }),
    isRefused: isRefusedToken,
    mayRecover: true, // the token may have been revoked before its time
    now: () => Date.now(),
  });
  return async (make) => {
    try {
      const { body } = await call((sdk) =>
        make(sdk).catch((error: unknown) => {
          if (!isStaleConnection(error)) throw error;
          return make(sdk);
        }),
      );
      return JSON.parse(String(body));
    } catch (error) {
      throw mapPayPalError(error);
    }
  };
};
