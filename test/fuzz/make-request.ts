import type { APIGatewayProxyEvent } from 'aws-lambda';
import { everyRoute, type RuledRoute } from '../authorization/every-route';
import type { World } from '../authorization/objects';
import { CREDENTIALS, type IdentityName, makePeople, type Person } from '../authorization/people';
import { apiEvent } from '../support/api-event';
import type { Attempt, BodyPlan } from './arbitrary-attempt';

/** Who calls, and what they own; made anew for each slice, because a lucky request ends sessions and accounts. */
export interface Cast {
  readonly callers: readonly Person[];
  readonly stranger: Person;
  /** Ids by route: one of each caller's own, and the stranger's. */
  readonly idOf: (ruled: RuledRoute, whose: 'own' | 'foreign' | 'random', caller: Person) => Promise<string>;
}

/** Mostly people who get past the door: what is behind it is larger. */
const CALLERS: readonly IdentityName[] = [
  ...(['user', 'user', 'user', 'admin', 'admin', 'admin', 'support'] as const),
  ...(['anonymous', 'ended', 'banned'] as const),
];

export const makeCast = async (world: World): Promise<Cast> => {
  const callers = await makePeople(world.admin, CALLERS);
  const [stranger] = await makePeople(world.admin, ['user']);
  if (stranger === undefined) throw new Error('nobody');
  const made = new Map<string, Promise<string>>();
  return {
    callers,
    stranger,
    idOf: async ({ id, rule }, whose, caller) => {
      if (rule.names === undefined) return '';
      if (whose === 'random') return rule.names.random();
      const owner = whose === 'own' ? caller : stranger;
      const key = `${id} ${owner.userId}`;
      // Whose account is gone owns nothing any more.
      const known = made.get(key) ?? rule.names.make(world, owner).catch(rule.names.random);
      made.set(key, known);
      return known;
    },
  };
};

export const pick = <T>(list: readonly T[], at: number): T => {
  const found = list[at % list.length];
  if (found === undefined) throw new Error('an empty list');
  return found;
};

/** The request that an attempt means, to which route. */
export const makeRequest = async (
  cast: Cast,
  attempt: Attempt,
): Promise<{ readonly ruled: RuledRoute; readonly event: APIGatewayProxyEvent }> => {
  const ruled = pick(everyRoute, attempt.route);
  const caller = pick(cast.callers, attempt.caller);
  const credential = pick(CREDENTIALS, Math.floor(attempt.caller / cast.callers.length));
  const id =
    typeof attempt.names === 'string' ? await cast.idOf(ruled, attempt.names, caller) : attempt.names.text;
  const parts = ruled.rule.request?.(id, caller) ?? {};
  const params: Readonly<Record<string, string>> = { id, ...parts.params };
  const path = ruled.route.path.replace(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? '');
  const method = attempt.method ?? ruled.route.method;
  // What answers is perhaps another route of that path: HEAD is GET without the body.
  const means = method === 'HEAD' ? 'GET' : method;
  const asked = everyRoute.find(({ route }) => route.path === ruled.route.path && route.method === means);
  const body = planned(attempt.body, parts.body);
  return {
    ruled: asked ?? ruled,
    event: apiEvent({
      method,
      path: attempt.spelling(path),
      query: { ...parts.query, ...attempt.query },
      headers: { ...caller.headersOf(credential), ...attempt.headers },
      ...(body === undefined ? {} : { body }),
    }),
  };
};

const planned = (plan: BodyPlan, valid: Readonly<Record<string, unknown>> | undefined): unknown => {
  if (plan.kind === 'valid') return valid;
  if (plan.kind === 'none') return undefined;
  if (plan.kind === 'raw') return plan.value;
  const names = Object.keys(valid ?? {});
  const name = typeof plan.field === 'string' ? plan.field : names[plan.field % Math.max(1, names.length)];
  // As an own property, `__proto__` included.
  return name === undefined
    ? valid
    : Object.fromEntries([...Object.entries(valid ?? {}), [name, plan.value]]);
};
