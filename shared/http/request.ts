import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { LimitCheck, LimitCount } from '#shared/http/rate-limiter';
import type { OtherStatusOf, OutputOf, Route } from '#shared/kernel/route';

/** The user a request acts for, as established by `Authenticate`. */
export interface Identity {
  /** The Supabase user id. */
  readonly userId: string;
  /** Our session's id; null for a Supabase access token that no session of ours stands behind. */
  readonly sessionId: string | null;
  /** The session of Supabase Auth behind the credential; null for an access token that names none. */
  readonly supabaseSessionId: string | null;
  readonly role: 'user' | 'support' | 'admin';
  /** How the credential came: cookie requests that change something need the CSRF token. */
  readonly via: 'bearer' | 'cookie';
  /** The CSRF token that fits the session; null for bearer credentials. */
  readonly csrfToken: string | null;
}

/** The credentials a request carries, unchecked. */
export interface Credentials {
  readonly bearer: string | null;
  readonly cookies: ReadonlyMap<string, string>;
}

/** What a route demands of them, from its contract. */
export interface AuthDemand {
  readonly liveSession: boolean;
  /** Whether the role matters, so that it is looked up only where it does. */
  readonly role: 'user' | 'support' | 'admin';
  /** Whether a session will do that lacks the second factor its account has set up. Default: not where it is asked for. */
  readonly oneFactorSuffices?: boolean;
  /**
   * What to count if the database is asked anyway: one statement then does both. The key lacks the user's id, which follows
   * it. Null or absent: nothing.
   */
  readonly count?: LimitCheck | null;
}

/** An identity, with how counting went where the demand asked for it and it was done; null where it failed. */
export interface Authenticated extends Identity {
  readonly counted?: LimitCount | null;
}

/**
 * Turns credentials into an identity; null when there is none or it is not valid.
 * Throws AppError `session_ended` when the session behind a valid token has ended; `session_token_reused` when the use of an
 * old token has just ended it; `second_factor_required`.
 */
export type Authenticate = (credentials: Credentials, demand: AuthDemand) => Promise<Authenticated | null>;

/** A request as a handler sees it: typed by its route, already validated. */
export interface RequestOf<R extends Route> {
  readonly params: OutputOf<R['params']>;
  readonly query: OutputOf<R['query']>;
  readonly body: OutputOf<R['body']>;
  /** The body's exact bytes. */
  readonly rawBody: Buffer;
  /** Header values by lower-case name; the last one where a name came more than once. */
  readonly headers: Readonly<Record<string, string>>;
  /** All values of each header, in order. */
  readonly headerValues: Readonly<Record<string, readonly string[]>>;
  /** Cookies as sent; the first of a repeated name. */
  readonly cookies: ReadonlyMap<string, string>;
  /** The peer's address as the gateway saw it; never taken from a header. */
  readonly sourceIp: string;
  /** See readRequestId. */
  readonly requestId: string;
  readonly identity: R['auth'] extends 'public' | 'signature' ? Identity | null : Identity;
}

/** A body with what goes around it. */
export interface ResponseWith<Body, Status> {
  readonly status?: Status;
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
  /** Complete `Set-Cookie` values. */
  readonly cookies?: readonly string[];
}

/** What a handler answers. The status is the contract's, unless the handler chooses another that the contract names. */
export type ResponseOf<R extends Route> = ResponseWith<OutputOf<R['success']['body']>, OtherStatusOf<R>>;

export type HandlerOf<R extends Route> = (request: RequestOf<R>) => Promise<ResponseOf<R>>;

/** One handler for each route of a contract. */
export type HandlersOf<C extends Readonly<Record<string, Route>>> = {
  readonly [Id in keyof C]: HandlerOf<C[Id]>;
};

/** The parts of a gateway event that are the same for every route. */
export interface IncomingRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly headerValues: Readonly<Record<string, readonly string[]>>;
  readonly cookies: ReadonlyMap<string, string>;
  readonly query: Readonly<Record<string, string>>;
  readonly rawBody: Buffer;
  readonly sourceIp: string;
  readonly requestId: string;
}

/** One header of an event, by lower-case name; the last value where it came more than once. */
export const readHeader = (event: APIGatewayProxyEvent, name: string): string | undefined =>
  lowerCaseNames(event.multiValueHeaders, event.headers)[name]?.at(-1);

/**
 * What a request is known by: in its answer, the logs of gateway and function, and the audit log. Not `requestId`: that is
 * whatever the caller put into `x-amzn-RequestId`; nobody can choose the extended one (API Gateway Developer Guide,
 * "Variables for access logging").
 */
export const readRequestId = (event: APIGatewayProxyEvent): string =>
  event.requestContext?.extendedRequestId ?? '';

/** Reads a REST API proxy event. Tolerates every null that API Gateway may send. */
export const readRequest = (event: APIGatewayProxyEvent): IncomingRequest => {
  const headerValues = lowerCaseNames(event.multiValueHeaders, event.headers);
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(headerValues)) headers[name] = values.at(-1) ?? '';
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries(event.queryStringParameters ?? {})) {
    if (value !== undefined && name !== '__proto__') query[name] = value;
  }
  return {
    method: event.httpMethod,
    path: event.path,
    headers,
    headerValues,
    cookies: readCookies(headerValues.cookie ?? []),
    query,
    rawBody: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    sourceIp: event.requestContext?.identity?.sourceIp ?? '',
    requestId: readRequestId(event),
  };
};

/** `Authorization: Bearer x`, or null. */
export const readBearer = (headers: Readonly<Record<string, string>>): string | null =>
  /^Bearer +([^\s]+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;

const lowerCaseNames = (
  multi: APIGatewayProxyEvent['multiValueHeaders'] | null,
  single: APIGatewayProxyEvent['headers'] | null,
): Record<string, readonly string[]> => {
  const result: Record<string, string[]> = Object.create(null);
  const add = (name: string, values: readonly string[]) => {
    const key = name.toLowerCase();
    result[key] = [...(result[key] ?? []), ...values];
  };
  for (const [name, values] of Object.entries(multi ?? {})) if (values !== undefined) add(name, values);
  for (const [name, value] of Object.entries(single ?? {})) {
    if (value !== undefined && result[name.toLowerCase()] === undefined) add(name, [value]);
  }
  return result;
};

/**
 * Names are taken as browsers wrote them, but for the blanks behind a `;` (RFC 6265, 4.2.1). Not `trim`: a sibling host may
 * set a cookie called `\u2000__Host-…`, which the browser takes for another name; without its blank it would be ours.
 */
const readCookies = (values: readonly string[]): ReadonlyMap<string, string> => {
  const cookies = new Map<string, string>();
  for (const written of values.flatMap((value) => value.split(';'))) {
    const pair = written.replace(/^[ \t]+/, '');
    const at = pair.indexOf('=');
    if (at < 1) continue;
    const name = pair.slice(0, at);
    if (!cookies.has(name)) cookies.set(name, pair.slice(at + 1));
  }
  return cookies;
};
