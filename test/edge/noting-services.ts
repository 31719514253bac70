import { type HttpHandler, httpHandler } from '#shared/http/http-handler';
import { callLimiter } from '#shared/http/limit-call';
import type { RateLimiter } from '#shared/http/rate-limiter';
import type { Identity, RequestOf } from '#shared/http/request';
import type { Contract, Route } from '#shared/kernel/route';
import { CONTRACTS } from '../../local/docs/contracts';
import { type LogLine, makeKeptLog } from '../support/kept-log';

/** A handler that was called, and with what. */
export interface Reached {
  /** `service id` */
  readonly name: string;
  readonly request: RequestOf<Route>;
}

/** The real way in of every function, with handlers behind it that only note that they were reached. */
export interface NotingServices {
  /** By the name of the function. */
  readonly handlers: Readonly<Record<string, HttpHandler>>;
  /** What was reached since the last call of this. */
  readonly reached: () => readonly Reached[];
  /** Who everybody is from now on; null: nobody. */
  readonly be: (identity: Identity | null) => void;
  readonly lines: readonly LogLine[];
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
export const makeNotingServices = ({ validate }: { readonly validate: boolean }): NotingServices => {
  const { log, lines } = makeKeptLog();
  let reached: Reached[] = [];
  let identity: Identity | null = null;
  const start = ([service, contract]: [string, Contract]): [string, HttpHandler] => {
    const noting = Object.keys(contract).map((id) => [
      id,
      async (request: RequestOf<Route>) => {
        reached.push({ name: `${service} ${id}`, request });
        return { body: {} };
      },
    ]);
    const made = {
      contract: validate ? contract : withoutSchemas(contract),
      handlers: Object.fromEntries(noting) as never,
      authenticate: async () => identity,
      allowedOrigins: ['http://127.0.0.1:4000'],
      limiter: callLimiter(openLimiter),
    };
    return [service, httpHandler({ log, service: async () => made })];
  };
  return {
    handlers: Object.fromEntries(Object.entries(CONTRACTS).map(start)),
    reached: () => {
      const all = reached;
      reached = [];
      return all;
    },
    be: (next) => {
      identity = next;
    },
    lines,
  };
};
