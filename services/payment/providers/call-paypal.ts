import { isStaleConnection, mapPayPalError } from './map-paypal-error';
import { connectPayPal, type PayPalOptions, type PayPalSdk } from './paypal-client';

/** Makes a call by PayPal's SDK and gives the answer as parsed JSON: the SDK's own models drop what they do not know. */
export type CallPayPal = (make: (sdk: PayPalSdk) => Promise<{ readonly body: unknown }>) => Promise<unknown>;

/**
 * One connection to PayPal, with one token, made when first needed. Throws AppError as the port says; a call on a kept-alive
 * connection that PayPal has closed is made again at once.
 */
export const callPayPal = (options: PayPalOptions): CallPayPal => {
  let client: Promise<PayPalSdk> | undefined;
  return async (make) => {
    client ??= connectPayPal(options);
    const sdk = await client;
    try {
      const { body } = await make(sdk).catch((error: unknown) => {
        if (!isStaleConnection(error)) throw error;
        return make(sdk);
      });
      return JSON.parse(String(body));
    } catch (error) {
      throw mapPayPalError(error);
    }
  };
};
