import type { FormObject } from './form';
import type { Params } from './read-params';

/** One call of an endpoint, its parameters decoded and checked for unknown names. */
export interface StripeCall {
  /** The `{id}` of the path; empty where the path has none. */
  id: string;
  params: Params;
  form: FormObject;
  /** Made with a publishable key: the endpoint shows and takes less. */
  isPublishable: boolean;
  /** The API version of the call, such as `2026-10-28.endive`: dates compare as text. */
  version: string;
}

/** An endpoint of the API. `handle` returns the answer's object; ids in it are expanded afterwards. */
export interface StripeRoute {
  method: 'GET' | 'POST' | 'DELETE';
  pattern: string;
  /** Parameters Stripe takes here, also those the double ignores. */
  params: readonly string[];
  /** May be called with a publishable key (and the object's client secret). */
  publishable?: boolean;
  handle: (call: StripeCall) => object;
}
