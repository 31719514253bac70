import { setTimeout as sleep } from 'node:timers/promises';
import { type EndpointFault, type HttpReply, type HttpRequest, headerOf } from '../doubles/http-messages';
import type { Route } from '../doubles/route-table';
import { authenticate, secretKeyRequired } from './authenticate';
import type { CurrentRequest } from './emit-event';
import { expandObjects } from './expand-objects';
import { canonicalForm, type FormObject, parseForm } from './form';
import type { IdempotencyLayer } from './idempotency';
import { readParams } from './read-params';
import { errorReply, stripeReply } from './replies';
import type { StripeRoute } from './route';
import { StripeRefusal } from './stripe-error';
import type { World } from './world';

export interface CallServer {
  world: World;
  idempotency: IdempotencyLayer;
  /** Tells who causes the events until called with null. */
  setCurrentRequest: (request: CurrentRequest | null) => void;
  changed: () => void;
}

/** Turns an endpoint into a route of the server: key, version, parameters, idempotency, expansion, error shapes. */
export function serveRoute(server: CallServer, route: StripeRoute): Route {
  return {
    method: route.method,
    pattern: route.pattern,
    handle: async (request) => {
      const requestId = server.world.newId('req');
      const headers = replyHeaders(server.world, request, requestId);
      try {
        return await serve(server, route, request, requestId, headers);
      } catch (error) {
        if (error instanceof StripeRefusal) return errorReply(error, headers);
        throw error;
      }
    },
  };
}

async function serve(
  server: CallServer,
  route: StripeRoute,
  request: HttpRequest,
  requestId: string,
  headers: Record<string, string>,
): Promise<HttpReply> {
  const rawParameters = route.method === 'POST' ? request.rawBody.toString('utf8') : request.rawQuery;
  const form = readForm(request, route.method, rawParameters);
  const { isPublishable } = authenticate(request, form, server.world.livemode);
  if (isPublishable && !route.publishable) throw secretKeyRequired();
  checkVersion(headerOf(request, 'stripe-version'));
  const run = () => answer(server, route, request, form, isPublishable, requestId, headers);

  const key = route.method === 'POST' ? headerOf(request, 'idempotency-key') : undefined;
  if (!key) return (await obeyFault(request.endpointFault, run, headers)).reply;
  const known = server.idempotency.begin(key, request.path, canonicalForm(form));
  if (known !== 'run') {
    return stripeReply(known.status, known.body, {
      ...headers,
      'idempotent-replayed': 'true',
      'original-request': known.requestId,
    });
  }
  try {
    const { reply, isValidation } = await obeyFault(request.endpointFault, run, headers);
    if (isValidation) server.idempotency.release(key);
    else server.idempotency.finish(key, requestId, reply);
    server.changed();
    return { ...reply, headers: { ...reply.headers, 'original-request': requestId } };
  } finally {
    server.idempotency.release(key);
  }
}

interface Outcome {
  reply: HttpReply;
  /** Refused before anything began. */
  isValidation: boolean;
}

/** Runs an endpoint's work, or what a fault rule asks in its place. */
async function obeyFault(
  fault: EndpointFault | undefined,
  run: () => Outcome,
  headers: Record<string, string>,
): Promise<Outcome> {
  if (!fault) return run();
  if ('delayMs' in fault) {
    await sleep(fault.delayMs, undefined, { ref: false });
    return run();
  }
  if (fault.afterActing) run();
  const shaped = errorReply(
    new StripeRefusal(fault.status, { type: 'api_error', message: 'An unknown error occurred.' }),
    headers,
  );
  const replyHeaders = { ...shaped.headers, ...fault.headers };
  return {
    reply: { ...shaped, headers: replyHeaders, body: fault.body ?? shaped.body },
    isValidation: false,
  };
}

/** The endpoint's own work, in one uninterrupted step. */
function answer(
  server: CallServer,
  route: StripeRoute,
  request: HttpRequest,
  form: FormObject,
  isPublishable: boolean,
  requestId: string,
  headers: Record<string, string>,
): Outcome {
  server.setCurrentRequest({ id: requestId, idempotencyKey: headerOf(request, 'idempotency-key') ?? null });
  let hasActed = false;
  try {
    const params = readParams(form, route.params);
    const version = headers['stripe-version'] ?? server.world.apiVersion;
    const result = route.handle({ id: request.params.id ?? '', params, form, isPublishable, version });
    hasActed = true;
    const expanded = expandObjects(server.world, result, params.texts('expand'));
    return { reply: stripeReply(200, JSON.stringify(expanded, null, 2), headers), isValidation: false };
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
    return { reply: errorReply(error, headers), isValidation: error.isValidation && !hasActed };
  } finally {
    server.setCurrentRequest(null);
    server.changed();
  }
}

function readForm(request: HttpRequest, method: string, raw: string): FormObject {
  const contentType = headerOf(request, 'content-type') ?? 'application/x-www-form-urlencoded';
  const isForm = contentType.toLowerCase().startsWith('application/x-www-form-urlencoded');
  const form = method !== 'POST' || raw === '' || isForm ? parseForm(raw) : undefined;
  if (form) return form;
  const message =
    'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.';
  throw new StripeRefusal(400, { type: 'invalid_request_error', message }, true);
}

function checkVersion(version: string | undefined): void {
  if (version === undefined || /^\d{4}-\d{2}-\d{2}(\.[a-z]+)?(;.*)?$/.test(version)) return;
  throw new StripeRefusal(
    400,
    { type: 'invalid_request_error', message: `Invalid Stripe API version: ${version.slice(0, 100)}` },
    true,
  );
}

function replyHeaders(world: World, request: HttpRequest, requestId: string): Record<string, string> {
  const version = headerOf(request, 'stripe-version');
  const key = headerOf(request, 'idempotency-key');
  return {
    'request-id': requestId,
    'stripe-version': version && version.length < 100 ? version : world.apiVersion,
    ...(key && key.length <= 255 && { 'idempotency-key': key }),
  };
}
