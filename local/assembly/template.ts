/** The parts of a CloudFormation template that are read here. */
export type Resource = {
  Type: string;
  Properties?: Record<string, unknown>;
  Metadata?: Record<string, unknown>;
  Condition?: string;
};

export type Template = {
  Resources?: Record<string, Resource>;
  Parameters?: Record<string, { Type: string; Default?: unknown }>;
  Conditions?: Record<string, unknown>;
  Outputs?: Record<string, { Value: unknown; Export?: { Name: unknown } }>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
};

/** A stack with its template and the folder that its assets are relative to. */
export type Stack = { name: string; template: Template; folder: string; assetsFile: string };

/** A resource together with where it was found. */
export type Located = { stack: Stack; logicalId: string; resource: Resource };

/** Every resource of a type, over all stacks. */
export function resourcesOf(stacks: Stack[], ...types: string[]): Located[] {
  return stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources ?? {})
      .filter(([, resource]) => types.includes(resource.Type))
      .map(([logicalId, resource]) => ({ stack, logicalId, resource })),
  );
}

/** Id of the construct that a person wrote, from CDK's path metadata: `Stack/Auth/Function/Resource` -> `Auth/Function`. */
export function constructPath({ resource, logicalId }: Located): string {
  const path = resource.Metadata?.['aws:cdk:path'];
  if (typeof path !== 'string') return logicalId;
  return path
    .split('/')
    .slice(1)
    .filter((part) => part !== 'Resource')
    .join('/');
}
