import { type HttpReply, type HttpRequest, headerOf } from '../doubles/http-messages';
import type { Route } from '../doubles/route-table';
import { errorReply, type MakeDebugId } from './api-reply';
import { PayPalError } from './paypal-error';
import { pause } from './replay-request';

/** Routes anyone may call: the token itself, certificates, and the payer's side. */
const publicPatterns = ['/v1/oauth2/token', '/v1/notifications/certs/', '/checkoutnow', '/sandbox/'];

export type CallRules = {
  checkToken: (request: HttpRequest) => void;
  newDebugId: MakeDebugId;
  /** Called after every call that may have changed something. */
  changed: () => void;
};

/** What surrounds every API call: the bearer check, negative testing, injected faults, error objects, the debug id. */
export async function handleCall(request: HttpRequest, route: Route, rules: CallRules): Promise<HttpReply> {
  const debugId = rules.newDebugId();
  try {
    if (!publicPatterns.some((prefix) => route.pattern.startsWith(prefix))) rules.checkToken(request);
    refuseMocked(request);
    // POST calls pause where they hold their request id.
    if (request.method !== 'POST') await pause(request);
    const { endpointFault: fault } = request;
    const refusal = fault !== undefined && 'status' in fault ? fault : undefined;
    if (refusal === undefined) return withDebugId(await route.handle(request), debugId);
    if (refusal.afterActing) await route.handle(request);
    const { status, body, headers } = refusal;
    if (body === undefined) return errorReply(new PayPalError(status), debugId);
    return withDebugId(
      { status, headers: { 'content-type': 'application/json', ...headers }, body },
      debugId,
    );
  } catch (error) {
    return errorReply(error instanceof PayPalError ? error : new PayPalError(500), debugId);
  } finally {
    if (request.method !== 'GET') rules.changed();
  }
}

function withDebugId(reply: HttpReply, debugId: string): HttpReply {
  return { ...reply, headers: { 'paypal-debug-id': debugId, ...reply.headers } };
}

/**
 * The sandbox's negative testing: `PayPal-Mock-Response: {"mock_application_codes": "INSTRUMENT_DECLINED"}` makes
 * any call fail with that code, without doing anything. A header that is not such JSON is ignored.
 */
function refuseMocked(request: HttpRequest): void {
  const header = headerOf(request, 'paypal-mock-response');
  if (header === undefined) return;
  const code = /"mock_application_codes"\s*:\s*\[?\s*"([A-Z_]{1,100})"/.exec(header)?.[1];
  if (code !== undefined) throw PayPalError.fromCode(code);
}
