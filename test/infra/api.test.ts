import { Match } from 'aws-cdk-lib/assertions';
import { PROBLEMS } from '../../lib/constructs/problem-responses';
import { SECURITY_HEADERS } from '../../lib/constructs/security-headers';
import { errorCodes } from '../../shared/errors/error-codes';
import { SECURITY_HEADERS as OF_SERVICES } from '../../shared/http/security-headers';
import { resourcesOf, SITE_URL, synthStage } from './synth-stage';

const { api, config } = synthStage('production');

type Method = {
  readonly HttpMethod: string;
  readonly ResourceId: { readonly Ref: string };
  readonly AuthorizationType: string;
  readonly Integration: { readonly Type: string; readonly ContentHandling?: string; readonly Uri: unknown };
};

type Mock = {
  readonly Type: string;
  readonly IntegrationResponses: readonly { readonly ResponseParameters: object }[];
};

test('bodies reach the functions byte for byte, whatever their type', () => {
  api.hasResourceProperties('AWS::ApiGateway::RestApi', { BinaryMediaTypes: ['*/*'] });
});

test('nobody speaks to the API by less than TLS 1.2 with forward secrecy', () => {
  api.hasResourceProperties('AWS::ApiGateway::RestApi', {
    SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
    EndpointAccessMode: 'STRICT',
  });
});

test('preflight is read as text, since a mock cannot answer a binary request', () => {
  const methods = resourcesOf(api, 'AWS::ApiGateway::Method').map(
    ([, { Properties }]) => Properties as Method,
  );
  const preflights = methods.filter(({ HttpMethod }) => HttpMethod === 'OPTIONS');
  expect(preflights).toHaveLength(6);
  for (const { Integration } of preflights) {
    expect(Integration).toMatchObject({ Type: 'MOCK', ContentHandling: 'CONVERT_TO_TEXT' });
    expect(JSON.stringify(Integration)).toContain(`'${SITE_URL}'`);
    expect(JSON.stringify(Integration)).not.toContain("'*'");
  }
});

test('the stage limits how many requests come through, webhooks by limits of their own, and no method is exempt', () => {
  const common = { DataTraceEnabled: false, LoggingLevel: 'ERROR', MetricsEnabled: true };
  const [, stage] = resourcesOf(api, 'AWS::ApiGateway::Stage')[0] ?? [];
  expect(stage?.Properties?.MethodSettings).toEqual([
    {
      ...common,
      ResourcePath: '/*',
      HttpMethod: '*',
      ThrottlingRateLimit: config.throttle.ratePerSecond,
      ThrottlingBurstLimit: config.throttle.burst,
    },
    {
      ...common,
      ResourcePath: '/~1api~1payments~1webhook~1{provider}',
      HttpMethod: 'POST',
      ThrottlingRateLimit: config.webhookThrottle.ratePerSecond,
      ThrottlingBurstLimit: config.webhookThrottle.burst,
    },
  ]);
  expect(config.webhookThrottle.ratePerSecond).toBeLessThan(config.throttle.ratePerSecond);
});

test('a method with a limit of its own exists, and leads where the others of its path do', () => {
  const methods = resourcesOf(api, 'AWS::ApiGateway::Method').map(
    ([, { Properties }]) => Properties as Method,
  );
  const own = methods.filter(({ HttpMethod }) => HttpMethod === 'POST');
  expect(own).toHaveLength(1);
  const [any] = methods.filter(
    ({ HttpMethod, ResourceId }) => HttpMethod === 'ANY' && ResourceId.Ref === own[0]?.ResourceId.Ref,
  );
  expect(own[0]?.Integration.Uri).toEqual(any?.Integration.Uri);
});

test('each request leaves one line of JSON, with nothing in it that its sender wrote and no address', () => {
  const [, stage] = resourcesOf(api, 'AWS::ApiGateway::Stage')[0] ?? [];
  const { Format } = (stage?.Properties?.AccessLogSetting ?? {}) as { Format?: string };
  const line = JSON.parse(Format ?? '') as Record<string, string>;
  expect(Object.values(line).sort()).toEqual([
    '$context.error.responseType',
    '$context.extendedRequestId',
    '$context.httpMethod',
    '$context.integration.status',
    '$context.integrationLatency',
    '$context.requestTimeEpoch',
    '$context.resourcePath',
    '$context.responseLatency',
    '$context.responseLength',
    '$context.status',
    '$context.waf.status',
    '$context.xrayTraceId',
  ]);
});

test('every log group forgets after a while, and none has a key of ours that could be lost', () => {
  for (const [id, { Properties }] of resourcesOf(api, 'AWS::Logs::LogGroup')) {
    const days = id.startsWith('FirewallLogs') ? 30 : config.logRetentionDays;
    expect([id, Properties?.RetentionInDays, Properties?.KmsKeyId]).toEqual([id, days, undefined]);
  }
});

describe('the security headers', () => {
  const entries = Object.entries(SECURITY_HEADERS);

  test('are those of the services', () => {
    expect(Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]))).toEqual(
      OF_SERVICES,
    );
  });

  test('stand on everything that the gateway answers by itself', () => {
    const answers = resourcesOf(api, 'AWS::ApiGateway::GatewayResponse').map(
      ([, { Properties }]) => Properties?.ResponseParameters,
    );
    const fixed = (prefix: string) =>
      expect.objectContaining(
        Object.fromEntries(entries.map(([name, value]) => [prefix + name, `'${value}'`])),
      );
    expect(answers.length).toBe(PROBLEMS.length);
    for (const answer of answers) expect(answer).toEqual(fixed('gatewayresponse.header.'));

    const mocks = resourcesOf(api, 'AWS::ApiGateway::Method')
      .map(([, { Properties }]) => Properties?.Integration as Mock)
      .filter(({ Type }) => Type === 'MOCK');
    expect(mocks).toHaveLength(6);
    for (const { IntegrationResponses } of mocks)
      for (const { ResponseParameters } of IntegrationResponses)
        expect(ResponseParameters).toEqual(fixed('method.response.header.'));
  });
});

describe('what the gateway answers by itself', () => {
  test.each(PROBLEMS.map((problem) => [problem.type.responseType, problem] as const))(
    '%s is a problem of the catalogue',
    (type, { code, title, status }) => {
      const known = Object.entries(errorCodes).find(([name]) => name === code)?.[1];
      expect(known?.title).toBe(title);
      if (status < 500) expect(known?.status).toBe(status);
      api.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
        ResponseType: type,
        StatusCode: String(status),
        ResponseTemplates: { 'application/problem+json': Match.anyValue() },
        ResponseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': `'${SITE_URL}'` },
      });
    },
  );

  test('is JSON that no request can break: it repeats nothing that a client sent', () => {
    for (const [, { Properties }] of resourcesOf(api, 'AWS::ApiGateway::GatewayResponse')) {
      const templates = Properties?.ResponseTemplates as Record<string, string>;
      const text = templates['application/problem+json'] ?? '';
      const values = [...text.matchAll(/\$[A-Za-z.]+/g)].map(([name]) => name);
      expect(new Set(values)).toEqual(new Set(['$context.extendedRequestId']));
      expect(JSON.parse(text)).toMatchObject({
        code: expect.any(String),
        type: expect.stringMatching(/^urn:/),
      });
    }
  });
});
