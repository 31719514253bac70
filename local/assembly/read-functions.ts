import { assetDir } from './load-stacks';
import type { FunctionModel } from './model';
import type { Resolve } from './resolve-intrinsics';
import { constructPath, type Located, resourcesOf, type Stack } from './template';

/** Every Lambda function of the assembly that has its code in an asset. */
export function readFunctions(stacks: Stack[], resolve: Resolve): FunctionModel[] {
  return resourcesOf(stacks, 'AWS::Lambda::Function').flatMap((located) => {
    const properties = resolve(located.resource.Properties ?? {}, located.stack) as Properties;
    if (!properties.Code?.S3Key) return []; // inline code: CDK's own helpers
    return [toModel(located, properties, properties.Code.S3Key, resolve)];
  });
}

type Properties = {
  Code?: { S3Key?: string };
  Handler?: string;
  Timeout?: number;
  MemorySize?: number;
  ReservedConcurrentExecutions?: number;
  Environment?: { Variables?: Record<string, unknown> };
};

function toModel(located: Located, properties: Properties, s3Key: string, resolve: Resolve): FunctionModel {
  const variables = properties.Environment?.Variables ?? {};
  const environment = Object.fromEntries(
    Object.entries(variables).map(([key, value]) => [key, String(value)]),
  );
  return {
    name: environment.SERVICE ?? constructPath(located),
    logicalId: located.logicalId,
    arn: String(resolve({ 'Fn::GetAtt': [located.logicalId, 'Arn'] }, located.stack)),
    codeDir: assetDir(located.stack, s3Key),
    handler: properties.Handler ?? 'index.handler',
    timeoutMs: (properties.Timeout ?? 3) * 1000, // AWS's defaults
    memoryMb: properties.MemorySize ?? 128,
    environment,
    reservedConcurrency: properties.ReservedConcurrentExecutions,
  };
}
