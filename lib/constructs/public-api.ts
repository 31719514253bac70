import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  type CfnRestApi,
  ContentHandling,
  EndpointAccessMode,
  EndpointType,
  type IResource,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  MockIntegration,
  PassthroughBehavior,
  RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig, Throttle } from '../stage-config';
import { ProblemResponses } from './problem-responses';
import { quoted, SECURITY_HEADERS } from './security-headers';

/**
 * One line for each request, of what the gateway itself knows. Nothing that a client wrote: query, headers, body and path may
 * hold tokens and personal data, and an address is personal data. The function's line with the same request id has the path;
 * the firewall's log has the addresses that it turned away.
 */
const ACCESS_LOG = {
  requestId: '$context.extendedRequestId', // $context.requestId is what a client put into a header
  time: '$context.requestTimeEpoch',
  method: '$context.httpMethod',
  resource: '$context.resourcePath',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  responseBytes: '$context.responseLength',
  gatewayError: '$context.error.responseType',
  integrationStatus: '$context.integration.status',
  firewall: '$context.waf.status',
  trace: '$context.xrayTraceId',
};

/** Headers that the services read from a page of another origin. */
const REQUEST_HEADERS = ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-CSRF-Token'];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const PREFLIGHT_SECONDS = 7_200; // the most that Chrome remembers

export type PublicApiProps = {
  readonly config: StageConfig;
  /** Methods with a throttle of their own instead of the stage's, as `/path/METHOD`. */
  readonly throttles?: Readonly<Record<string, Throttle>>;
};

/** The REST API: its stage, logs and limits, its own answers, and the way in for functions. */
export class PublicApi extends Construct {
  readonly restApi: RestApi;
  private readonly allowedOrigin: string;
  private readonly throttles: Readonly<Record<string, Throttle>>;

  constructor(scope: Construct, id: string, { config, throttles = {} }: PublicApiProps) {
    super(scope, id);
    this.throttles = throttles;
    this.allowedOrigin = new URL(config.siteUrl).origin;
    this.restApi = new RestApi(this, 'Rest', {
      restApiName: `tandem-${config.name}`, // a label, not a name that has to be unique
      endpointTypes: [EndpointType.REGIONAL],
      // Every body comes base64-encoded, byte for byte: signatures are over the bytes, and text would be repaired.
      binaryMediaTypes: ['*/*'],
      cloudWatchRole: true,
      deployOptions: {
        stageName: config.name,
        throttlingRateLimit: config.throttle.ratePerSecond,
        throttlingBurstLimit: config.throttle.burst,
        tracingEnabled: config.tracing,
        metricsEnabled: true,
        loggingLevel: MethodLoggingLevel.ERROR,
        dataTraceEnabled: false,
        accessLogDestination: new LogGroupLogDestination(this.makeLogs('AccessLogs', config)),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
        // Settings of a method take the place of all of the stage's, so what is not said here would be off.
        methodOptions: Object.fromEntries(
          Object.entries(throttles).map(([method, { ratePerSecond, burst }]) => [
            method,
            {
              throttlingRateLimit: ratePerSecond,
              throttlingBurstLimit: burst,
              metricsEnabled: true,
              loggingLevel: MethodLoggingLevel.ERROR,
              dataTraceEnabled: false,
            },
          ]),
        ),
      },
    });
    this.requireModernTls();
    this.keepErrorLogs(config);
    new ProblemResponses(this, 'Problems', { restApi: this.restApi, allowedOrigin: this.allowedOrigin });
  }

  /**
   * Sends one path, with and without its trailing slash and whatever the method, to a function: its contract says which
   * methods exist, and answers for the others.
   */
  route(path: string, fn: IFunction): void {
    this.connect(this.restApi.root.resourceForPath(path), fn);
  }

  /** Sends a path and everything below it to a function, and lets pages of the site call it. */
  routeService(path: string, fn: IFunction): void {
    const base = this.restApi.root.resourceForPath(path);
    for (const resource of [base, base.addResource('{proxy+}')]) {
      this.connect(resource, fn);
      this.addPreflight(resource);
    }
  }

  private connect(resource: IResource, fn: IFunction): void {
    const integration = new LambdaIntegration(fn, { allowTestInvoke: false });
    resource.addMethod('ANY', integration);
    // A throttle needs a method of its own: API Gateway takes no settings for ANY.
    for (const key of Object.keys(this.throttles)) {
      const [path, method] = [key.slice(0, key.lastIndexOf('/')), key.slice(key.lastIndexOf('/') + 1)];
      if (path === resource.path) resource.addMethod(method, integration);
    }
  }

  /** Not by CDK's own preflight: where all content is binary, a mock has to be told to read its template as text. */
  private addPreflight(resource: IResource): void {
    const headers = {
      ...SECURITY_HEADERS,
      'Access-Control-Allow-Origin': this.allowedOrigin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Headers': REQUEST_HEADERS.join(','),
      'Access-Control-Allow-Methods': METHODS.join(','),
      'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
      Vary: 'Origin',
    };
    const parameters = Object.entries(quoted(headers)).map(
      ([name, value]) => [`method.response.header.${name}`, value] as const,
    );
    const mock = new MockIntegration({
      contentHandling: ContentHandling.CONVERT_TO_TEXT,
      passthroughBehavior: PassthroughBehavior.WHEN_NO_MATCH,
      requestTemplates: { 'application/json': '{"statusCode": 204}' },
      integrationResponses: [
        {
          statusCode: '204',
          contentHandling: ContentHandling.CONVERT_TO_TEXT,
          responseParameters: Object.fromEntries(parameters),
        },
      ],
    });
    resource.addMethod('OPTIONS', mock, {
      methodResponses: [
        {
          statusCode: '204',
          responseParameters: Object.fromEntries(parameters.map(([name]) => [name, true])),
        },
      ],
    });
  }

  /**
   * TLS 1.2 or 1.3 with forward secrecy: what API Gateway gives a regional API by itself also speaks TLS 1.0. Strict: the name in
   * the handshake is the one in the request. A property of CloudFormation that CDK's own class does not have.
   */
  private requireModernTls(): void {
    const policy = {
      securityPolicy: SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09,
      endpointAccessMode: EndpointAccessMode.STRICT,
    };
    Object.assign(this.restApi.node.defaultChild as CfnRestApi, policy);
    this.restApi.latestDeployment?.addToLogicalId(policy); // it counts from the next deployment of the API on
  }

  /** API Gateway would make this group itself, under this name, and keep it for ever. */
  private keepErrorLogs(config: StageConfig): void {
    const name = `API-Gateway-Execution-Logs_${this.restApi.restApiId}/${config.name}`;
    this.restApi.deploymentStage.node.addDependency(this.makeLogs('ErrorLogs', config, name));
  }

  private makeLogs(id: string, config: StageConfig, logGroupName?: string): LogGroup {
    return new LogGroup(this, id, {
      ...(logGroupName !== undefined && { logGroupName }),
      retention: config.logRetentionDays,
      removalPolicy: config.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}
