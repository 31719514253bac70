import { createServer, type IncomingMessage } from 'node:http';
import { listenOnLoopback } from '../ports/listen-on-loopback';

export type SecretsServerOptions = {
  /** 0 = any free port. */
  port: number;
  /** Secret ARN -> its JSON object. Read for each request, so that values may change. */
  secrets: () => Map<string, Record<string, string>>;
  /** The same before the last change, for those that were changed: version stage AWSPREVIOUS. Default: none was. */
  previous?: () => Map<string, Record<string, string>>;
};

export type SecretsServer = { url: string; port: number; close: () => Promise<void> };

/** A Secrets Manager that answers GetSecretValue and BatchGetSecretValue (AWS JSON 1.1) on 127.0.0.1. */
export async function startSecretsServer(options: SecretsServerOptions): Promise<SecretsServer> {
  const stages: Record<string, () => Map<string, Record<string, string>>> = {
    AWSCURRENT: options.secrets,
    AWSPREVIOUS: options.previous ?? (() => new Map()),
  };

  const find = (id: string, stage = 'AWSCURRENT'): object | undefined => {
    const secrets = stages[stage]?.() ?? new Map();
    const arn = secrets.has(id) ? id : [...secrets.keys()].find((known) => known.includes(`:secret:${id}-`));
    const value = arn && secrets.get(arn);
    if (!value) return undefined;
    const Name = arn.split(':secret:')[1]?.replace(/-\w{6}$/, '');
    return { ARN: arn, Name, SecretString: JSON.stringify(value), VersionStages: [stage] };
  };

  const answer = (
    target: string,
    input: { SecretId?: string; SecretIdList?: string[]; VersionStage?: string },
  ): object | undefined => {
    if (target === 'secretsmanager.GetSecretValue') return find(String(input.SecretId), input.VersionStage);
    if (target === 'secretsmanager.BatchGetSecretValue') {
      const SecretValues = (input.SecretIdList ?? []).map((id) => find(id)).filter(Boolean);
      return { SecretValues, Errors: [] };
    }
    return undefined;
  };

  const server = createServer((request, response) => {
    readJson(request).then(
      (input) => {
        const found = answer(String(request.headers['x-amz-target']), input);
        const missing = {
          __type: 'ResourceNotFoundException',
          message: "Secrets Manager can't find the specified secret.",
        };
        response.writeHead(found ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify(found ?? missing));
      },
      () => response.destroy(),
    );
  });
  const port = await listenOnLoopback(server, options.port);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readJson(request: IncomingMessage): Promise<Record<string, never>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Record<string, never>;
}
