import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type EnvironmentOptions,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { FUNCTIONS, type FunctionName } from '../function-catalogue';
import type { FunctionCode } from '../function-code';
import type { StageConfig } from '../stage-config';
import type { SecretStore } from './secret-store';

export type ServiceFunctionProps = {
  readonly name: FunctionName;
  readonly config: StageConfig;
  readonly code: FunctionCode;
  readonly secrets: SecretStore;
  /** Instances set aside for this function, and the most it may have. Unset = the account's common pool. */
  readonly reservedConcurrency?: number | undefined;
};

/**
 * The only kind of function there is: one of the catalogue, with a log group and a role of its own. Not traced by Lambda:
 * X-Ray's two put actions can only be allowed on `*`, and no role here has a wildcard (docs/adr/0018).
 */
export class ServiceFunction extends LambdaFunction {
  declare private known: Map<string, string> | undefined;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    const { name, config } = props;
    const entry = FUNCTIONS[name];
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: config.logRetentionDays,
      removalPolicy: config.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    // Given, because the role that CDK makes by itself may write to every log group of the account.
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Runs the ${name} function`,
    });
    super(scope, id, {
      description: entry.description,
      code: props.code(name, entry),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: config.memoryMb,
      timeout: Duration.seconds(entry.timeoutSeconds),
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
      logGroup,
      role,
      environment: {
        SERVICE: name,
        STAGE: config.name,
        PROVIDER_MODE: config.providerMode,
        SITE_URL: config.siteUrl,
      },
    });
    logGroup.grantWrite(role);
    props.secrets.grantRead(this, entry.secrets);
  }

  /** @throws Error when the variable has another value already: the last one would win, and nobody would see it */
  override addEnvironment(key: string, value: string, options?: EnvironmentOptions): this {
    this.known ??= new Map(); // the base class adds variables before fields of this one exist
    const before = this.known.get(key);
    if (before !== undefined && before !== value) throw new Error(`${this.node.path} has ${key} already`);
    this.known.set(key, value);
    return super.addEnvironment(key, value, options);
  }
}
