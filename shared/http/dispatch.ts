import { AppError } from '#shared/errors/app-error';
import { checkCsrf } from '#shared/http/check-csrf';
import type { CallLimiter, CallLimits } from '#shared/http/limit-call';
import { compileRoutes } from '#shared/http/match-route';
import { refuseAmbiguous } from '#shared/http/refuse-ambiguous';
import {
  type Authenticate,
  type Identity,
  type IncomingRequest,
  type RequestOf,
  type ResponseOf,
  readBearer,
} from '#shared/http/request';
import { parseJsonBody, validateRequest } from '#shared/http/validate-request';
import type { Route } from '#shared/kernel/route';

/** A handler whose route is only known at run time; `httpHandler` keeps the typed side. */
export type AnyHandler = (request: RequestOf<Route>) => Promise<ResponseOf<Route>>;

export interface DispatchOptions {
  readonly contract: Readonly<Record<string, Route>>;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  readonly authenticate: Authenticate;
  /** Origins whose pages may call with cookies, exactly as browsers send them. */
  readonly allowedOrigins: readonly string[];
  /** Needed as soon as a route of the contract has limits. */
  readonly limiter?: CallLimiter | undefined;
}

/** Takes headers that the answer must carry, whether it is the handler's or an error. */
export type NoteHeaders = (headers: Readonly<Record<string, string>>) => void;

export interface Dispatched {
  readonly routeId: string;
  readonly status: number;
  readonly response: ResponseOf<Route>;
}

const DEFAULT_MAX_BODY_BYTES = 65_536;

/**
 * From request to response by the contract alone: find the route, cap the body, count the address, establish who calls and
 * count the user, check CSRF, validate, count the account, call the handler. Whoever may not call learns nothing about the
 * input's validity.
 *
 * @throws Error when the contract has limits that nothing would enforce
 */
export const makeDispatch = (
  options: DispatchOptions,
): ((request: IncomingRequest, note?: NoteHeaders) => Promise<Dispatched>) => {
  refuseUnlimited(options);
  const match = compileRoutes(options.contract);
  return async (request, note = () => undefined) => {
    const found = match(request.method, request.path);
    if (found.kind === 'none') throw new AppError('route_not_found');
    if (found.kind === 'wrong_method') {
      throw new AppError('method_not_allowed', { headers: { allow: found.allow.join(', ') } });
    }
    refuseAmbiguous(request);
    const { id, route, params } = found;
    const limits = options.limiter?.limitCall(route, request, note);
    if (request.rawBody.length > (route.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES)) {
      throw new AppError('payload_too_large');
    }
    await limits?.countAddress();
    const identity = await identify(route, request, options, limits);
    const parts = await validateRequest(route, {
      params,
      query: request.query,
      body:
        route.body === undefined
          ? undefined
          : parseJsonBody(request.rawBody, request.headers['content-type']),
    });
    await limits?.countAccount(parts.body);
    const handler = options.handlers[id];
    if (handler === undefined) throw new AppError('internal', { cause: new Error(`no handler for ${id}`) });
    const response = await handler({ ...request, ...parts, identity } as RequestOf<Route>).catch(
      async (error: unknown) => {
        await limits?.settle(error);
        throw error;
      },
    );
    await limits?.settle();
    return { routeId: id, status: response.status ?? route.success.status, response };
  };
};

const identify = async (
  route: Route,
  request: IncomingRequest,
  options: DispatchOptions,
  limits: CallLimits | undefined,
): Promise<Identity | null> => {
  if (route.auth === 'public' || route.auth === 'signature') return null;
  const authenticated = await options.authenticate(
    { bearer: readBearer(request.headers), cookies: request.cookies },
    {
      liveSession: route.liveSession ?? false,
      role: route.auth,
      oneFactorSuffices: route.oneFactorSuffices ?? false,
      count: limits?.withSession ?? null,
    },
  );
  if (authenticated === null) throw new AppError('unauthenticated');
  const { counted, ...identity } = authenticated;
  await limits?.countUser(identity.userId, counted);
  checkCsrf(request, identity, options.allowedOrigins);
  if (!roleSuffices(identity.role, route.auth)) throw new AppError('forbidden');
  return identity;
};

const refuseUnlimited = ({ contract, limiter }: DispatchOptions): void => {
  const limits = Object.values(contract).flatMap(({ rateLimits }) => rateLimits);
  if (limits.length > 0 && limiter === undefined) throw new Error('the contract has limits and no limiter');
  if (limits.some(({ per }) => per === 'account') && !limiter?.countsAccounts) {
    throw new Error('the contract limits accounts, and the limiter cannot tell them apart');
  }
};

const RANK = { user: 0, support: 1, admin: 2 } as const;

const roleSuffices = (has: Identity['role'], needs: Identity['role']): boolean => RANK[has] >= RANK[needs];
