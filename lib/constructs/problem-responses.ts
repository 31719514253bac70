import { GatewayResponse, type IRestApi, ResponseType } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import { quoted, SECURITY_HEADERS } from './security-headers';

type Problem = {
  readonly type: ResponseType;
  readonly status: number;
  readonly code: string;
  readonly title: string;
};

const routeNotFound = { status: 404, code: 'route_not_found', title: 'No such route' };
const rateLimited = { status: 429, code: 'rate_limited', title: 'Too many requests' };
const internal = { code: 'internal', title: 'Something went wrong on our side' };

/**
 * What the gateway answers by itself, in the words of the error catalogue (which may not be imported here; a test
 * compares them). An unknown route is "missing authentication token" to API Gateway, or a bad signature when the request
 * carries an Authorization header: it takes it for one signed for AWS.
 */
export const PROBLEMS: readonly Problem[] = [
  { type: ResponseType.MISSING_AUTHENTICATION_TOKEN, ...routeNotFound },
  { type: ResponseType.INVALID_SIGNATURE, ...routeNotFound },
  { type: ResponseType.RESOURCE_NOT_FOUND, ...routeNotFound },
  { type: ResponseType.THROTTLED, ...rateLimited },
  { type: ResponseType.QUOTA_EXCEEDED, ...rateLimited },
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    status: 413,
    code: 'payload_too_large',
    title: 'The body is larger than this route accepts',
  },
  { type: ResponseType.WAF_FILTERED, status: 403, code: 'forbidden', title: 'You may not do this' },
  {
    type: ResponseType.DEFAULT_4XX,
    status: 400,
    code: 'request_invalid',
    title: 'The request does not have the required form',
  },
  { type: ResponseType.INTEGRATION_FAILURE, status: 502, ...internal },
  {
    type: ResponseType.INTEGRATION_TIMEOUT,
    status: 504,
    code: 'timeout',
    title: 'This took too long; try again',
  },
  { type: ResponseType.DEFAULT_5XX, status: 500, ...internal },
];

export type ProblemResponsesProps = {
  readonly restApi: IRestApi;
  /** Origin that may read the answers in a browser. */
  readonly allowedOrigin: string;
};

/** Makes the gateway's own answers look like the services': RFC 9457 problems with our codes. */
export class ProblemResponses extends Construct {
  constructor(scope: Construct, id: string, { restApi, allowedOrigin }: ProblemResponsesProps) {
    super(scope, id);
    for (const { type, status, code, title } of PROBLEMS) {
      const problem = {
        type: `urn:tandem:error:${code}`,
        title,
        status,
        // Neither the path nor $context.requestId: a client chooses both, and the template language cannot escape them.
        instance: 'urn:tandem:request:$context.extendedRequestId',
        code,
        requestId: '$context.extendedRequestId',
      };
      new GatewayResponse(this, type.responseType, {
        restApi,
        type,
        statusCode: String(status),
        templates: { 'application/problem+json': JSON.stringify(problem) },
        responseHeaders: quoted({
          ...SECURITY_HEADERS,
          'Access-Control-Allow-Origin': allowedOrigin,
          'Access-Control-Allow-Credentials': 'true',
          Vary: 'Origin',
          ...(status === 429 && { 'Retry-After': '1' }),
        }),
      });
    }
  }
}
