import { rmSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { type HttpHandler, httpHandler } from '#shared/http/http-handler';
import type { RateLimiter } from '#shared/http/rate-limiter';
import type { Identity } from '#shared/http/request';
import type { Contract, Route } from '#shared/kernel/route';
import cdkJson from '../../cdk.json';
import { defineStacks } from '../../lib/define-stacks';
import { stageConfig } from '../../lib/stage-config';
import type { ApiModel } from '../../local/assembly/model';
import { readAssembly } from '../../local/assembly/read-assembly';
import { startGateway } from '../../local/gateway/start-gateway';
import { type LogLine, makeKeptLog } from '../support/kept-log';
import { CONTRACTS } from './contracts';
import { type RawAnswer, type RawRequest, sendRaw } from './raw-request';

/** The gateway of the template with the real way in of every function, and handlers that only note that they were reached. */
export interface Edge {
  readonly send: (request: RawRequest) => Promise<RawAnswer>;
  /** `service id` of each handler reached since the last call of this. */
  readonly reached: () => readonly string[];
  /** Who everybody is from now on; null: nobody. */
  readonly be: (identity: Identity | null) => void;
  /** Lets the functions fail in a way of Lambda's, or run again. */
  readonly breakWith: (failure: 'crash' | 'rubbish' | null) => void;
  readonly handlers: Readonly<Record<string, HttpHandler>>;
  readonly lines: readonly LogLine[];
  readonly close: () => Promise<void>;
}

export const ADMIN: Identity = {
  userId: '6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa',
  sessionId: 's',
  supabaseSessionId: 'ss',
  role: 'admin',
  via: 'bearer',
  csrfToken: null,
};

/** Lets everybody through: this is about the door before it. */
const openLimiter: RateLimiter = {
  take: async () => ({ allowed: true, remaining: 1, resetMs: 1 }),
  giveBack: async () => undefined,
  scale: ({ limit, windowSeconds }) => ({ limit, windowMs: windowSeconds * 1_000 }),
  accountOf: (email) => email,
  countsWithSessions: false,
  onFailure: () => undefined,
};

/** Without what a route demands of its input, so that nothing but the door stands before the handler. */
const withoutSchemas = (contract: Contract): Contract =>
  Object.fromEntries(
    Object.entries(contract).map(([id, { params, query, body, ...route }]): [string, Route] => [id, route]),
  );

/** @param validate whether input is checked by the contracts; without, all input will do */
export const startEdge = async ({ validate }: { readonly validate: boolean }): Promise<Edge> => {
  const { log, lines } = makeKeptLog();
  let reached: string[] = [];
  let identity: Identity | null = null;
  let failure: 'crash' | 'rubbish' | null = null;
  const handlers = Object.fromEntries(
    Object.entries(CONTRACTS).map(([service, contract]) => {
      const noting = Object.keys(contract).map((id) => [
        id,
        async () => {
          reached.push(`${service} ${id}`);
          return { body: {} };
        },
      ]);
      const made = {
        contract: validate ? contract : withoutSchemas(contract),
        handlers: Object.fromEntries(noting) as never,
        authenticate: async () => identity,
        allowedOrigins: ['http://127.0.0.1:4000'],
        limiter: openLimiter,
      };
      return [service, httpHandler({ log, service: async () => made })];
    }),
  );
  const { api, serviceOf } = readTemplate();
  const gateway = await startGateway({
    port: 0,
    api: async () => api,
    invoke: async (arn, event) => {
      const outcome = { requestId: 'r', durationMs: 1 };
      if (failure === 'rubbish') return { ...outcome, payload: '{"stack":"at secret"}' };
      if (failure === 'crash') return { ...outcome, payload: '{}', functionError: 'Unhandled' };
      const handler = handlers[serviceOf(arn)];
      return {
        ...outcome,
        payload: JSON.stringify(await handler?.(event as APIGatewayProxyEvent, {} as Context)),
      };
    },
  });
  return {
    send: (request) => sendRaw(gateway.port, request),
    reached: () => {
      const all = reached;
      reached = [];
      return all;
    },
    be: (next) => {
      identity = next;
    },
    breakWith: (next) => {
      failure = next;
    },
    handlers,
    lines,
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
