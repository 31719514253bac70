import { type HttpReply, type HttpRequest, jsonReply } from '../doubles/http-messages';
import type { Route } from '../doubles/route-table';
import { readJson, wantsRepresentation } from './api-reply';
import { captureAuthorization, voidAuthorization } from './capture-authorization';
import { watchSettlement } from './deadlines';
import { findAuthorization, findCapture, findRefund } from './find-resource';
import { refundCapture } from './refund-capture';
import {
  type Rendered,
  renderAuthorizationResource,
  renderCaptureResource,
  renderRefund,
} from './render-payment';
import { pause, type RequestReplay } from './replay-request';
import { dayMs, type World } from './world';

/** "The server stores keys for 45 days" (Payments v2, paypal_request_id). */
const keptMs = 45 * dayMs;

/** Payments v2: captures, refunds, authorizations. */
export function paymentRoutes(world: World, replay: RequestReplay): Route[] {
  const path = '/v2/payments';
  const capture = (id: string) => renderCaptureResource(world, findCapture(world, id));
  const refund = (id: string) => renderRefund(world, findRefund(world, id));
  const authorization = (id: string) => renderAuthorizationResource(world, findAuthorization(world, id));

  const show = (pattern: string, render: (id: string) => Rendered): Route => ({
    method: 'GET',
    pattern: `${path}/${pattern}/{id}`,
    handle: ({ params }) => jsonReply(200, render(params.id ?? '')),
  });

  /** A call made once per request id, answered in full or with id, status and links. */
  const act = (
    pattern: string,
    name: string,
    run: (id: string, body: unknown) => string,
    render: (id: string) => Rendered,
  ): Route => ({
    method: 'POST',
    pattern: `${path}/${pattern}`,
    async handle(request) {
      const body = readJson(request);
      const { id } = await replay.once({ name, keptMs }, request, () => run(request.params.id ?? '', body));
      return answer(request, render(id));
    },
  });

  return [
    show('captures', capture),
    show('refunds', refund),
    show('authorizations', authorization),
    act('captures/{id}/refund', 'captures.refund', (id, body) => refundCapture(world, id, body).id, refund),
    act(
      'authorizations/{id}/capture',
      'authorizations.capture',
      (id, body) => {
        const made = captureAuthorization(world, id, body);
        watchSettlement(world, made);
        return made.id;
      },
      capture,
    ),
    {
      method: 'POST',
      pattern: `${path}/authorizations/{id}/void`,
      async handle(request) {
        await pause(request);
        const id = request.params.id ?? '';
        voidAuthorization(world, id);
        return wantsRepresentation(request) ? jsonReply(200, authorization(id)) : { status: 204 };
      },
    },
  ];
}

/** 201 also for a retried id: "PayPal returns the latest status of the request, which is the HTTP 201 Created". */
function answer(request: HttpRequest, resource: Rendered): HttpReply {
  const { id, status, links } = resource;
  return jsonReply(201, wantsRepresentation(request) ? resource : { id, status, links });
}
