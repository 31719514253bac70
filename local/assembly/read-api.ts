import type { ApiModel, GatewayResponseModel, RouteModel } from './model';
import { readIntegration } from './read-integration';
import type { Resolve } from './resolve-intrinsics';
import { resourcesOf, type Stack } from './template';

/** The first REST API of the assembly: its stage, routes and gateway responses. */
export function readApi(stacks: Stack[], resolve: Resolve): ApiModel {
  const api = resourcesOf(stacks, 'AWS::ApiGateway::RestApi')[0];
  const properties = api
    ? (resolve(api.resource.Properties ?? {}, api.stack) as Record<string, unknown>)
    : {};
  const stage = resourcesOf(stacks, 'AWS::ApiGateway::Stage')[0];
  const stageProperties = stage
    ? (resolve(stage.resource.Properties ?? {}, stage.stack) as Record<string, unknown>)
    : {};
  return {
    id: api?.logicalId ?? 'none',
    stage: String(stageProperties.StageName ?? 'local'),
    stageVariables: (stageProperties.Variables as Record<string, string> | undefined) ?? null,
    binaryMediaTypes: (properties.BinaryMediaTypes as string[] | undefined) ?? [],
    routes: readRoutes(stacks, resolve),
    gatewayResponses: readGatewayResponses(stacks, resolve),
  };
}

function readRoutes(stacks: Stack[], resolve: Resolve): RouteModel[] {
  const paths = readResourcePaths(stacks, resolve);
  return resourcesOf(stacks, 'AWS::ApiGateway::Method').map(({ stack, resource }) => {
    const properties = resolve(resource.Properties ?? {}, stack) as Record<string, unknown>;
    const resourceId = String(properties.ResourceId);
    const integration = readIntegration(properties.Integration as Record<string, unknown>);
    const resourcePath = paths.get(resourceId) ?? '/'; // the root is no resource in the template
    return { resourcePath, resourceId, method: String(properties.HttpMethod), integration };
  });
}

/** Resource id -> full path, by walking up ParentId. */
function readResourcePaths(stacks: Stack[], resolve: Resolve): Map<string, string> {
  const nodes = new Map<string, { parent: string; part: string }>();
  for (const { stack, logicalId, resource } of resourcesOf(stacks, 'AWS::ApiGateway::Resource')) {
    const { ParentId, PathPart } = resolve(resource.Properties ?? {}, stack) as Record<string, unknown>;
    nodes.set(logicalId, { parent: String(ParentId), part: String(PathPart) });
  }
  const pathOf = (id: string): string => {
    const node = nodes.get(id);
    return node ? `${pathOf(node.parent)}/${node.part}` : '';
  };
  return new Map([...nodes.keys()].map((id) => [id, pathOf(id)]));
}

function readGatewayResponses(stacks: Stack[], resolve: Resolve): Record<string, GatewayResponseModel> {
  const entries = resourcesOf(stacks, 'AWS::ApiGateway::GatewayResponse').map(({ stack, resource }) => {
    const properties = resolve(resource.Properties ?? {}, stack) as Record<string, unknown>;
    const parameters = Object.entries((properties.ResponseParameters ?? {}) as Record<string, string>);
    const headers = parameters.map(([key, value]) => [
      key.replace('gatewayresponse.header.', ''),
      value.replace(/^'(.*)'$/, '$1'),
    ]);
    const model: GatewayResponseModel = {
      statusCode: properties.StatusCode === undefined ? undefined : Number(properties.StatusCode),
      headers: Object.fromEntries(headers) as Record<string, string>,
      templates: (properties.ResponseTemplates ?? {}) as Record<string, string>,
    };
    return [String(properties.ResponseType), model] as const;
  });
  return Object.fromEntries(entries);
}
