/**
 * What a route is. Each service's `contract.ts` is a record of these, and nothing else lists routes: the dispatcher,
 * the local gateway, the OpenAPI document, the typed client and the authorization tests are all made from it.
 */

/** The part of Standard Schema v1 we rely on, so that a contract may be written with any schema library. */
export interface Schema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The type a schema yields. */
export type OutputOf<S> = S extends Schema<infer Output> ? Output : undefined;

/**
 * Who may call:
 * - `public`: anyone;
 * - `user`: a Supabase access token or one of our session tokens;
 * - `support`, `admin`: a user holding that role (admin includes support);
 * - `signature`: a provider; the handler verifies the signature over the raw bytes.
 */
export type RouteAuth = 'public' | 'user' | 'support' | 'admin' | 'signature';

/** At most `limit` calls within any `windowSeconds`: docs/rate-limits.md. A route has at most one of each kind. */
export interface RateLimit {
  /**
   * - `address`: where the call came from, as the gateway saw it; IPv6 by /64. Counted before anything else;
   * - `user`: who is signed in. Counted after authentication;
   * - `account`: whom `email` in the body names. Counted after validation; the owner's known devices count for themselves.
   */
  readonly per: 'address' | 'user' | 'account';
  readonly limit: number;
  readonly windowSeconds: number;
  /** `failures`: a call that succeeds, or fails without a fault of the caller's, is taken back. Default: all calls count. */
  readonly counts?: 'failures';
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Absolute, lower case, without trailing slash; `{name}` marks a parameter: `/api/payments/history/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly auth: RouteAuth;
  /** Also ask the database whether the session still lives, so that sign-out is immediate (money routes). */
  readonly liveSession?: boolean;
  /**
   * Whether a session may call that lacks the second factor its account has set up. Without it, routes that demand a live
   * session or a role answer such a session with `second_factor_required`.
   */
  readonly oneFactorSuffices?: boolean;
  readonly rateLimits: readonly RateLimit[];
  /** What happens while calls cannot be counted. Default: by shared/kernel/limiter-failure.ts. */
  readonly onLimiterFailure?: 'refuse' | 'allow';
  readonly params?: Schema;
  readonly query?: Schema;
  /** The JSON body. A route without one refuses nothing: the body is not read. */
  readonly body?: Schema;
  /** Give the handler the exact bytes instead of parsed JSON. */
  readonly rawBody?: true;
  /** Bytes accepted before anything else looks at the body. Default 65,536. */
  readonly maxBodyBytes?: number;
  /** Headers the route reads, for the document: name → what it means. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly success: {
    readonly status: 200 | 201 | 202 | 204 | 303;
    readonly body: Schema;
    /** Statuses a handler may choose instead, with the same body: health says 503 in the words of 200. */
    readonly otherStatuses?: readonly number[];
  };
  /** Codes of the error catalogue this route answers with, beside those every route has. */
  readonly errors: readonly string[];
}

/** The statuses a route's handler may choose instead of the usual one. */
export type OtherStatusOf<R extends Route> = R['success'] extends {
  readonly otherStatuses: readonly (infer Status)[];
}
  ? Status
  : never;

/** A service's routes by id. */
export type Contract = Readonly<Record<string, Route>>;

/** Keeps the literal types of a contract while checking its shape. */
export const defineContract = <const C extends Contract>(contract: C): C => contract;
