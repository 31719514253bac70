import type { Surroundings } from './surroundings';
import type { Resource } from './template';

type ResolveHere = (value: unknown) => unknown;

/** Name that the resource gets: the template's, or else its logical id (nothing has a physical name by design). */
function nameOf(logicalId: string, resource: Resource, resolve: ResolveHere): string {
  const property = NAME_PROPERTIES[resource.Type];
  const given = property ? resolve(resource.Properties?.[property]) : undefined;
  return typeof given === 'string' ? given : logicalId;
}

const NAME_PROPERTIES: Record<string, string> = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::ApiGateway::Stage': 'StageName',
  'AWS::IAM::Role': 'RoleName',
};

/** ARN as AWS would make it; for types that nothing local looks at, merely a stable string. */
function arnOf(
  logicalId: string,
  resource: Resource,
  { account, region }: Surroundings,
  resolve: ResolveHere,
) {
  const name = nameOf(logicalId, resource, resolve);
  switch (resource.Type) {
    case 'AWS::Lambda::Function':
      return `arn:aws:lambda:${region}:${account}:function:${name}`;
    case 'AWS::SQS::Queue':
      return `arn:aws:sqs:${region}:${account}:${name}`;
    case 'AWS::SNS::Topic':
      return `arn:aws:sns:${region}:${account}:${name}`;
    case 'AWS::SecretsManager::Secret':
      return `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`;
    case 'AWS::Logs::LogGroup':
      return `arn:aws:logs:${region}:${account}:log-group:${name}:*`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${account}:role/${name}`;
    default:
      return `arn:aws:${resource.Type.split('::')[1]?.toLowerCase()}:${region}:${account}:${name}`;
  }
}

/** What `Ref` answers for a resource. */
export function physicalRef(
  logicalId: string,
  resource: Resource,
  surroundings: Surroundings,
  resolve: ResolveHere,
): unknown {
  switch (resource.Type) {
    case 'AWS::SQS::Queue':
      return surroundings.queueUrl(nameOf(logicalId, resource, resolve));
    case 'AWS::SNS::Topic':
    case 'AWS::SecretsManager::Secret':
      return arnOf(logicalId, resource, surroundings, resolve);
    case 'AWS::Lambda::Alias': // invoking an alias runs the function
    case 'AWS::Lambda::Version':
      return aliasedFunctionArn(resource, resolve);
    default:
      return nameOf(logicalId, resource, resolve);
  }
}

/** What `Fn::GetAtt` answers for a resource. */
export function physicalAttribute(
  logicalId: string,
  attribute: string,
  resource: Resource,
  surroundings: Surroundings,
  resolve: ResolveHere,
): unknown {
  if (attribute === 'Arn' || attribute.endsWith('Arn')) {
    if (resource.Type === 'AWS::Lambda::Alias') return aliasedFunctionArn(resource, resolve);
    return arnOf(logicalId, resource, surroundings, resolve);
  }
  if (attribute.endsWith('Name')) return nameOf(logicalId, resource, resolve);
  if (attribute === 'RootResourceId') return `${logicalId}-root`;
  return `${logicalId}.${attribute}`;
}

function aliasedFunctionArn(resource: Resource, resolve: ResolveHere): unknown {
  return resolve(resource.Properties?.FunctionName);
}
