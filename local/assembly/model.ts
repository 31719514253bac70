/** What the local runner takes from the synthesized CDK assembly. Nothing here is written by hand. */
export type Assembly = {
  functions: FunctionModel[];
  api: ApiModel;
  queues: QueueModel[];
  eventSources: EventSourceModel[];
  schedules: ScheduleModel[];
  secrets: SecretModel[];
};

/** One AWS::Lambda::Function. */
export type FunctionModel = {
  /** Name in logs and commands: the SERVICE variable, or else the construct's id. */
  name: string;
  logicalId: string;
  arn: string;
  /** Folder of the bundle, as it would be zipped and uploaded. */
  codeDir: string;
  /** `file.export` */
  handler: string;
  timeoutMs: number;
  memoryMb: number;
  environment: Record<string, string>;
  /** Undefined = not reserved. */
  reservedConcurrency: number | undefined;
};

/** The AWS::ApiGateway::RestApi and its stage. */
export type ApiModel = {
  id: string;
  stage: string;
  stageVariables: Record<string, string> | null;
  binaryMediaTypes: string[];
  routes: RouteModel[];
  /** By response type, for instance DEFAULT_4XX. */
  gatewayResponses: Record<string, GatewayResponseModel>;
};

/** One AWS::ApiGateway::Method. */
export type RouteModel = {
  /** For instance `/api/auth/{proxy+}`. */
  resourcePath: string;
  resourceId: string;
  /** Upper case, or ANY. */
  method: string;
  integration: LambdaIntegration | MockIntegration;
};

export type LambdaIntegration = { type: 'lambda'; functionArn: string; timeoutMs: number };

/** A fixed answer, as CDK makes it for CORS preflight requests. */
export type MockIntegration = {
  type: 'mock';
  statusCode: number;
  headers: Record<string, string>;
  /** Origins besides the one in the headers that the response template lets through. */
  allowedOrigins: string[];
};

export type GatewayResponseModel = {
  statusCode: number | undefined;
  headers: Record<string, string>;
  /** Body template by content type. */
  templates: Record<string, string>;
};

/** One AWS::SQS::Queue; `attributes` in the form of the SQS API. */
export type QueueModel = { name: string; arn: string; url: string; attributes: Record<string, string> };

/** One AWS::Lambda::EventSourceMapping from a queue. */
export type EventSourceModel = {
  queueArn: string;
  functionArn: string;
  batchSize: number;
  batchingWindowSeconds: number;
  maxConcurrency: number | undefined;
  reportBatchItemFailures: boolean;
  enabled: boolean;
};

/** One rule or schedule with a Lambda target. */
export type ScheduleModel = {
  name: string;
  /** `rate(5 minutes)` or `cron(0 3 * * ? *)`. */
  expression: string;
  functionArn: string;
  /** The event; undefined = the scheduled-event envelope of EventBridge. */
  input: unknown;
  enabled: boolean;
};

/** One AWS::SecretsManager::Secret. */
export type SecretModel = {
  /** Id of the construct, for instance DatabaseAuth. */
  name: string;
  arn: string;
  /** Keys that its JSON object takes, from the metadata of the template. */
  keys: string[];
};
