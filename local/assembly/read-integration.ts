import type { LambdaIntegration, MockIntegration } from './model';

const DEFAULT_TIMEOUT_MS = 29_000;

/**
 * What a method does: call a function, or answer by itself.
 *
 * @throws Error for any other kind of integration
 */
export function readIntegration(integration: Record<string, unknown>): LambdaIntegration | MockIntegration {
  if (integration.Type === 'AWS_PROXY') {
    const uri = String(integration.Uri);
    const functionArn = /\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
    if (!functionArn) throw new Error(`cannot find the function in the integration URI ${uri}`);
    const timeoutMs = Number(integration.TimeoutInMillis ?? DEFAULT_TIMEOUT_MS);
    return { type: 'lambda', functionArn, timeoutMs };
  }
  if (integration.Type === 'MOCK') return readMock(integration);
  throw new Error(`an integration of type ${String(integration.Type)}: functions and mocks alone exist here`);
}

/** CDK's preflight methods: headers as constants, further origins in a Velocity template. */
function readMock(integration: Record<string, unknown>): MockIntegration {
  const [response = {}] = (integration.IntegrationResponses ?? []) as Record<string, unknown>[];
  const parameters = Object.entries((response.ResponseParameters ?? {}) as Record<string, string>);
  const headers = parameters.map(([key, value]) => [
    key.replace('method.response.header.', ''),
    value.replace(/^'(.*)'$/, '$1'),
  ]);
  const template = Object.values((response.ResponseTemplates ?? {}) as Record<string, string>).join('\n');
  const allowedOrigins = [...template.matchAll(/\$origin == "([^"]+)"|\$origin\.matches\("([^"]+)"\)/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
  return {
    type: 'mock',
    statusCode: Number(response.StatusCode ?? 200),
    headers: Object.fromEntries(headers) as Record<string, string>,
    allowedOrigins,
  };
}
