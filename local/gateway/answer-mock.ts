import type { MockIntegration } from '../assembly/model';
import type { GatewayRequest } from './gateway-request';
import type { GatewayResponse } from './map-response';

/** A MOCK integration, as CDK makes them for preflight: the caller's origin is named when the template allows it. */
export function answerMock(integration: MockIntegration, request: GatewayRequest): GatewayResponse {
  const origin = request.headers.find(([name]) => name.toLowerCase() === 'origin')?.[1] ?? '';
  const headers = { ...integration.headers };
  if (integration.allowedOrigins.some((allowed) => allowed === origin || allowed === '.*')) {
    headers['Access-Control-Allow-Origin'] = origin;
  }
  return { status: integration.statusCode, headers: Object.entries(headers), body: Buffer.alloc(0) };
}
