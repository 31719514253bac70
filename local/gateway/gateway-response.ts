import type { ApiModel } from '../assembly/model';
import type { RequestIdentity } from './make-proxy-event';
import type { GatewayResponse } from './map-response';

/** The answers that API Gateway gives by itself. */
export type GatewayResponseType =
  | 'MISSING_AUTHENTICATION_TOKEN'
  | 'REQUEST_TOO_LARGE'
  | 'INTEGRATION_TIMEOUT'
  | 'INTEGRATION_FAILURE'
  | 'API_CONFIGURATION_ERROR'
  | 'THROTTLED';

type BuiltIn = { status: number; message: string; errorType: string };

/** An unknown route is "Missing Authentication Token", because the next guess would be a signed request. */
const BUILT_IN: Record<GatewayResponseType, BuiltIn> = {
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    message: 'Missing Authentication Token',
    errorType: 'MissingAuthenticationTokenException',
  },
  REQUEST_TOO_LARGE: { status: 413, message: 'Request Too Long', errorType: 'RequestTooLongException' },
  INTEGRATION_TIMEOUT: {
    status: 504,
    message: 'Endpoint request timed out',
    errorType: 'InternalServerErrorException',
  },
  INTEGRATION_FAILURE: {
    status: 502,
    message: 'Internal server error',
    errorType: 'InternalServerErrorException',
  },
  API_CONFIGURATION_ERROR: {
    status: 500,
    message: 'Internal server error',
    errorType: 'InternalServerErrorException',
  },
  THROTTLED: { status: 429, message: 'Too Many Requests', errorType: 'TooManyRequestsException' },
};

const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

/** Renders an answer of the gateway itself, by the template's gateway responses where it has them. */
export function gatewayResponse(
  type: GatewayResponseType,
  api: ApiModel,
  identity: RequestIdentity,
  path: string,
): GatewayResponse {
  const { status, message, errorType } = BUILT_IN[type];
  const configured =
    api.gatewayResponses[type] ?? api.gatewayResponses[status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'];
  const [contentType = 'application/json', template = DEFAULT_TEMPLATE] =
    Object.entries(configured?.templates ?? {})[0] ?? [];
  const values: Record<string, string> = {
    '$context.error.messageString': JSON.stringify(message),
    '$context.error.message': message,
    '$context.error.responseType': type,
    '$context.extendedRequestId': identity.extendedRequestId,
    '$context.requestId': identity.requestId,
    '$context.path': path,
    '$context.status': String(configured?.statusCode ?? status),
  };
  const body = template.replace(/\$context\.[A-Za-z.]*[A-Za-z]/g, (name) => values[name] ?? '');
  return {
    status: configured?.statusCode ?? status,
    headers: [
      ['Content-Type', contentType],
      ...Object.entries(configured?.headers ?? {}),
      ['x-amzn-ErrorType', errorType],
    ],
    body: Buffer.from(body),
  };
}
