import type { Database } from '#shared/database/pool';
import type { Route } from '#shared/kernel/route';
import { CONTRACTS, type ServiceName } from '../../local/docs/contracts';
import type { IdentityProvider } from '../../services/auth/ports';
import { type ApiAnswer, call } from '../support/api-event';
import type { FakeProvider } from '../support/fake-provider';
import { openPaymentDatabase } from '../support/payment-service';
import { makeAnyIdentity } from './any-identity';
import { authRules } from './auth-rules';
import { startEveryService } from './every-service';
import { filesRules } from './files-rules';
import type { World } from './objects';
import { healthRules, paymentRules, webhookRules } from './payment-rules';
import type { Credential, Person } from './people';
import type { Parts, Rule } from './rule';

export const rules: Readonly<Record<ServiceName, Readonly<Record<string, Rule>>>> = {
  auth: authRules,
  payment: paymentRules,
  webhook: webhookRules,
  files: filesRules,
  health: healthRules,
};

export interface RuledRoute {
  readonly service: ServiceName;
  readonly id: string;
  readonly route: Route;
  readonly rule: Rule;
}

/** Every route of every contract with its rule; one without is left out here, and fails a test of its own. */
export const everyRoute: readonly RuledRoute[] = Object.entries(CONTRACTS).flatMap(([service, contract]) =>
  Object.entries(contract).flatMap(([id, route]) => {
    const rule = rules[service as ServiceName][id];
    return rule === undefined ? [] : [{ service: service as ServiceName, id, route, rule }];
  }),
);

export const named = (route: RuledRoute): [string, RuledRoute] => [
  `${route.route.method} ${route.route.path}`,
  route,
];

/** Stands between the services and what they use; for tests in which that fails. */
export interface Wrappers {
  readonly database: (database: Database) => Database;
  readonly identity: (identity: IdentityProvider) => IdentityProvider;
  readonly provider: (provider: FakeProvider) => FakeProvider;
}

/** All services on a database of their own. */
export const openWorld = async (
  wrap?: Wrappers,
): Promise<{ readonly world: World; readonly close: () => Promise<void> }> => {
  const { admin, as, close } = await openPaymentDatabase();
  const factors = new Map<string, string>();
  const identity = makeAnyIdentity(admin, factors);
  const services = startEveryService({
    as: (role) => wrap?.database(as(role)) ?? as(role),
    identity: wrap?.identity(identity) ?? identity,
    ...(wrap === undefined ? {} : { wrapProvider: wrap.provider }),
  });
  return { world: { ...services, admin, factors }, close };
};

export interface Sent {
  readonly by: Person;
  readonly credential: Credential;
  readonly id: string;
  /** Instead of the rule's. */
  readonly parts?: Parts;
  /** Instead of the body as JSON. */
  readonly rawBody?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends the least that a route accepts. */
export const send = (
  world: World,
  { service, route, rule }: RuledRoute,
  { by, credential, id, parts = rule.request?.(id, by) ?? {}, rawBody, headers }: Sent,
): Promise<ApiAnswer> => {
  const params: Readonly<Record<string, string>> = { id, ...parts.params };
  const body = rawBody ?? parts.body;
  return call(world.handlers[service], {
    method: route.method,
    path: route.path.replace(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? ''),
    headers: {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(headers ?? by.headersOf(credential)),
    },
    ...(parts.query === undefined ? {} : { query: parts.query }),
    ...(body === undefined ? {} : { body }),
  });
};
