import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { ApiModel } from '../assembly/model';
import type { GatewayRequest } from './gateway-request';
import type { ResourceMatch } from './match-resource';

/** What a request is known by. */
export type RequestIdentity = {
  /** Made up by API Gateway, unless the caller has chosen one. */
  requestId: string;
  /** Made up by API Gateway, whatever the caller sends. */
  extendedRequestId: string;
  traceId: string;
  timeMs: number;
};

/** Headers that end at API Gateway. */
const DROPPED = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-amzn-trace-id',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

/** Names that arrive capitalised however they were sent. */
const CAPITALISED = new Map([
  ['authorization', 'Authorization'],
  ['host', 'Host'],
  ['user-agent', 'User-Agent'],
]);

/**
 * The event of a Lambda proxy integration of a REST API (payload format 1.0), with its fields in AWS's
 * order. `path` stays percent-encoded; path and query parameters are decoded.
 */
export function makeProxyEvent(
  request: GatewayRequest,
  match: ResourceMatch,
  api: ApiModel,
  identity: RequestIdentity,
): APIGatewayProxyEvent {
  const headers = forwardedHeaders(request, identity);
  const query = parseQuery(request.query);
  const isBinary = matchesMediaType(api.binaryMediaTypes, lastValue(headers, 'content-type'));
  const hasBody = request.body.length > 0;
  return {
    resource: match.route.resourcePath,
    path: request.path,
    httpMethod: request.method,
    headers: Object.fromEntries(headers.map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: Object.fromEntries(headers),
    queryStringParameters: query.length > 0 ? Object.fromEntries(query.map(([k, v]) => [k, v.at(-1)])) : null,
    multiValueQueryStringParameters: query.length > 0 ? Object.fromEntries(query) : null,
    pathParameters: match.pathParameters,
    stageVariables: api.stageVariables,
    requestContext: requestContext(request, match, api, identity, lastValue(headers, 'user-agent')),
    body: hasBody ? request.body.toString(isBinary ? 'base64' : 'utf8') : null,
    isBase64Encoded: hasBody && isBinary,
  };
}

type MultiMap = [name: string, values: string[]][];

function forwardedHeaders(request: GatewayRequest, identity: RequestIdentity): MultiMap {
  const merged: MultiMap = [];
  const add = (name: string, value: string) => {
    const known = merged.find(([other]) => other.toLowerCase() === name.toLowerCase());
    if (known) known[1].push(value);
    else merged.push([name, [value]]);
  };
  const before: string[] = [];
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    if (lower === 'x-forwarded-for') before.push(value);
    if (!DROPPED.has(lower)) add(CAPITALISED.get(lower) ?? name, value);
  }
  add('X-Amzn-Trace-Id', identity.traceId);
  add('X-Forwarded-For', [...before, request.sourceIp].join(', '));
  add('X-Forwarded-Port', String(request.port));
  add('X-Forwarded-Proto', 'http');
  return merged;
}

function lastValue(headers: MultiMap, lowerName: string): string | null {
  return headers.find(([name]) => name.toLowerCase() === lowerName)?.[1].at(-1) ?? null;
}

function parseQuery(query: string): MultiMap {
  const merged: MultiMap = [];
  for (const pair of query.split('&').filter(Boolean)) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    const known = merged.find(([other]) => other === name);
    if (known) known[1].push(value);
    else merged.push([name, [value]]);
  }
  return merged;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Whether a content type counts as binary: listed itself, by `type/*`, or by `*\/*`. */
export function matchesMediaType(binaryMediaTypes: string[], contentType: string | null): boolean {
  if (binaryMediaTypes.includes('*/*')) return true;
  const mediaType = (contentType ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
  return binaryMediaTypes.some((type) =>
    type.endsWith('/*') ? mediaType.startsWith(type.slice(0, -1)) : mediaType === type.toLowerCase(),
  );
}

function requestContext(
  request: GatewayRequest,
  { route }: ResourceMatch,
  api: ApiModel,
  identity: RequestIdentity,
  userAgent: string | null,
): APIGatewayProxyEvent['requestContext'] {
  const host = request.headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '127.0.0.1';
  return {
    resourceId: route.resourceId,
    resourcePath: route.resourcePath,
    httpMethod: request.method,
    extendedRequestId: identity.extendedRequestId,
    requestTime: commonLogTime(identity.timeMs),
    path: request.path, // as with a custom domain name, which has no stage in the path
    accountId: '000000000000',
    protocol: `HTTP/${request.httpVersion}`,
    stage: api.stage,
    domainPrefix: host.split(/[.:]/)[0] ?? '',
    requestTimeEpoch: identity.timeMs,
    requestId: identity.requestId,
    identity: {
      cognitoIdentityPoolId: null,
      accountId: null,
      cognitoIdentityId: null,
      caller: null,
      sourceIp: request.sourceIp,
      principalOrgId: null,
      accessKey: null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      userArn: null,
      userAgent,
      user: null,
      apiKey: null,
      apiKeyId: null,
      clientCert: null,
    },
    domainName: host.replace(/:\d+$/, ''),
    apiId: api.id,
    authorizer: null,
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `22/Nov/2026:18:00:05 +0000` */
function commonLogTime(timeMs: number): string {
  const time = new Date(timeMs);
  const day = String(time.getUTCDate()).padStart(2, '0');
  return `${day}/${MONTHS[time.getUTCMonth()]}/${time.getUTCFullYear()}:${time.toISOString().slice(11, 19)} +0000`;
}
