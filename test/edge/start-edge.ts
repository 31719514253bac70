import { rmSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import cdkJson from '../../cdk.json';
import { defineStacks } from '../../lib/define-stacks';
import { stageConfig } from '../../lib/stage-config';
import type { ApiModel } from '../../local/assembly/model';
import { readAssembly } from '../../local/assembly/read-assembly';
import { startGateway } from '../../local/gateway/start-gateway';
import { makeNotingServices, type NotingServices } from './noting-services';
import { type RawAnswer, type RawRequest, sendRaw } from './raw-request';

/** The gateway of the template before the real way in of every function. */
export interface Edge extends NotingServices {
  readonly send: (request: RawRequest) => Promise<RawAnswer>;
  /** Lets the functions fail in a way of Lambda's, or run again. */
  readonly breakWith: (failure: 'crash' | 'rubbish' | null) => void;
  readonly close: () => Promise<void>;
}

export const startEdge = async (): Promise<Edge> => {
  const services = makeNotingServices({ validate: false });
  let failure: 'crash' | 'rubbish' | null = null;
  const { api, serviceOf } = readTemplate();
  const gateway = await startGateway({
    port: 0,
    api: async () => api,
    invoke: async (arn, event) => {
      const outcome = { requestId: 'r', durationMs: 1 };
      if (failure === 'rubbish') return { ...outcome, payload: '{"stack":"at secret"}' };
      if (failure === 'crash') return { ...outcome, payload: '{}', functionError: 'Unhandled' };
      const handler = services.handlers[serviceOf(arn)];
      const answer = await handler?.(event as APIGatewayProxyEvent, {} as Context);
      return { ...outcome, payload: JSON.stringify(answer) };
    },
  });
  return {
    ...services,
    send: (request) => sendRaw(gateway.port, request),
    breakWith: (next) => {
      failure = next;
    },
    close: gateway.close,
  };
};

/** The API as it is deployed; its functions have no code here, so they are known by the id of their construct. */
const readTemplate = (): { readonly api: ApiModel; readonly serviceOf: (arn: string) => string } => {
  const app = new App({ analyticsReporting: false, context: cdkJson.context });
  defineStacks(app, stageConfig(), () => Code.fromInline('//'));
  const { directory } = app.synth();
  try {
    const { api } = readAssembly(directory, {
      account: '000000000000',
      region: 'us-east-1',
      queueUrl: (name) => `http://127.0.0.1:4566/000000000000/${name}`,
    });
    return { api, serviceOf: (arn) => /:function:(\w+?)[0-9A-F]{8}$/.exec(arn)?.[1]?.toLowerCase() ?? '' };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
