/** What the runner makes of a property. */
export type Known =
  | { readonly read: true }
  /** Left out here, and why that is no difference that could surprise anybody. */
  | { readonly because: string }
  /** Has this value, or the runner would do something else than AWS. */
  | { readonly only: string }
  | { readonly within: Properties };

export type Properties = Readonly<Record<string, Known>>;

const read: Known = { read: true };
const because = (reason: string): Known => ({ because: reason });
const only = (value: string): Known => ({ only: value });
const within = (properties: Properties): Known => ({ within: properties });

const label = because('a label');
const tags: Properties = { Tags: label, Description: label };

const FAILURES = because('a schedule that fails is a line on the screen here, not a message');
const AT_ONCE = because('a call is made at once here');

/** Of a rule and of a schedule alike. */
const target: Properties = {
  Arn: read,
  Input: read,
  Id: label,
  RetryPolicy: within({ MaximumRetryAttempts: only('0'), MaximumEventAgeInSeconds: AT_ONCE }),
  DeadLetterConfig: FAILURES,
};

const IAM = 'rights are not enforced here: the tests of the template compare them with what functions do';
const FIREWALL = 'firewall, throttling and traces exist in the cloud alone';
const WATCHING = 'logs are files here, and whoever runs this sees what an alarm would tell';
const ENCRYPTION = 'nothing leaves this machine';

/**
 * Every resource type that a template may have: its properties, or why the runner leaves it out. What is not said here stops the
 * start, so that nothing is deployed that runs differently here without anybody knowing.
 */
export const KNOWN_RESOURCES: Readonly<Record<string, Properties | string>> = {
  'AWS::Lambda::Function': {
    ...tags,
    Code: within({
      S3Key: read,
      S3Bucket: because('the folder is here'),
      ZipFile: because('nothing calls it'),
    }),
    Handler: read,
    Timeout: read,
    MemorySize: read,
    Environment: read,
    ReservedConcurrentExecutions: read,
    Runtime: only('nodejs24.x'),
    Architectures: because('a bundle has no machine code'),
    Role: because(IAM),
    LoggingConfig: because(WATCHING),
  },
  'AWS::Lambda::EventSourceMapping': {
    ...tags,
    EventSourceArn: read,
    FunctionName: read,
    BatchSize: read,
    MaximumBatchingWindowInSeconds: read,
    FunctionResponseTypes: read,
    ScalingConfig: within({ MaximumConcurrency: read }),
    Enabled: read,
  },
  'AWS::Lambda::EventInvokeConfig': {
    FunctionName: because('of all functions alike'),
    Qualifier: because('of all functions alike'),
    MaximumRetryAttempts: only('0'),
    MaximumEventAgeInSeconds: AT_ONCE,
    DestinationConfig: FAILURES,
  },
  'AWS::SQS::Queue': {
    ...tags,
    QueueName: read,
    DelaySeconds: read,
    MaximumMessageSize: read,
    MessageRetentionPeriod: read,
    ReceiveMessageWaitTimeSeconds: read,
    VisibilityTimeout: read,
    RedrivePolicy: read,
    SqsManagedSseEnabled: because(ENCRYPTION),
  },
  'AWS::Events::Rule': {
    ...tags,
    ScheduleExpression: read,
    State: read,
    Targets: within(target),
  },
  'AWS::Scheduler::Schedule': {
    ...tags,
    ScheduleExpression: read,
    State: read,
    Target: within({ ...target, RoleArn: because(IAM) }),
    FlexibleTimeWindow: within({ Mode: only('OFF') }),
  },
  'AWS::ApiGateway::RestApi': {
    ...tags,
    Name: label,
    BinaryMediaTypes: read,
    EndpointConfiguration: because(FIREWALL),
    SecurityPolicy: because(ENCRYPTION),
    EndpointAccessMode: because(ENCRYPTION),
  },
  'AWS::ApiGateway::Stage': {
    ...tags,
    StageName: read,
    Variables: read,
    RestApiId: read,
    DeploymentId: label,
    AccessLogSetting: because(WATCHING),
    MethodSettings: because(FIREWALL),
    TracingEnabled: because(FIREWALL),
  },
  'AWS::ApiGateway::Resource': { RestApiId: read, ParentId: read, PathPart: read },
  'AWS::ApiGateway::Method': {
    RestApiId: read,
    ResourceId: read,
    HttpMethod: read,
    AuthorizationType: only('NONE'),
    MethodResponses: because('what the integration answers is sent as it is'),
    Integration: within({
      Type: read,
      Uri: read,
      TimeoutInMillis: read,
      IntegrationResponses: read,
      IntegrationHttpMethod: only('POST'),
      ContentHandling: only('CONVERT_TO_TEXT'),
      PassthroughBehavior: because('of the mock, which reads no body'),
      RequestTemplates: because('of the mock: its status is that of its one answer'),
    }),
  },
  'AWS::ApiGateway::GatewayResponse': {
    RestApiId: read,
    ResponseType: read,
    StatusCode: read,
    ResponseParameters: read,
    ResponseTemplates: read,
  },
  'AWS::SecretsManager::Secret': {
    ...tags,
    Name: read,
    GenerateSecretString: because('the values are those of the local parts'),
  },
  'AWS::ApiGateway::Account': WATCHING,
  'AWS::ApiGateway::Deployment': 'the template itself is what is deployed here',
  'AWS::CDK::Metadata': 'a label',
  'AWS::CloudWatch::Alarm': WATCHING,
  'AWS::IAM::Policy': IAM,
  'AWS::IAM::Role': IAM,
  'AWS::Lambda::Alias': 'calling it runs the function',
  'AWS::Lambda::Permission': IAM,
  'AWS::Lambda::Version': 'calling it runs the function',
  'AWS::Logs::LogGroup': WATCHING,
  'AWS::Logs::MetricFilter': WATCHING,
  'AWS::SNS::Subscription': WATCHING,
  'AWS::SNS::Topic': WATCHING,
  'AWS::SNS::TopicPolicy': IAM,
  'AWS::SQS::QueuePolicy': IAM,
  'AWS::WAFv2::LoggingConfiguration': FIREWALL,
  'AWS::WAFv2::WebACL': FIREWALL,
  'AWS::WAFv2::WebACLAssociation': FIREWALL,
};
