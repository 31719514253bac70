import { errorCodes } from '#shared/errors/error-codes';
import type { Route } from '#shared/kernel/route';
import type { Credential, IdentityName } from './people';
import type { Outcome, Rule } from './rule';

/** Whose object a request names, as its caller sees it. */
export const WHOSE = ['random', 'foreign', 'own'] as const;
export type Whose = (typeof WHOSE)[number];

export interface Cell {
  readonly identity: IdentityName;
  readonly credential: Credential;
  /** Null where the route names no object. */
  readonly whose: Whose | null;
}

const RANK = { anonymous: 0, user: 1, support: 2, admin: 3, ended: 3, banned: 3 } as const;

/** What the contract and the rule say must come of a request. */
export const expectOutcome = (route: Route, rule: Rule, cell: Cell): Outcome => {
  const granted = rule.granted ?? route.success.status;
  if (route.auth === 'public' || route.auth === 'signature') return granted;
  return atTheDoor(route, cell) ?? behindIt(rule, cell, granted);
};

/** Before anything of the request is looked at; null for who passes. */
const atTheDoor = (route: Route, { identity, credential }: Cell): Outcome | null => {
  if (identity === 'anonymous') return 'unauthenticated';
  // An access token is believed as it stands where the contract asks for no live session and no role.
  const asked = route.liveSession === true || route.auth !== 'user' || credential !== 'access';
  if ((identity === 'ended' || identity === 'banned') && asked) return 'session_ended';
  return RANK[identity] < RANK[route.auth as keyof typeof RANK] ? 'forbidden' : null;
};

const behindIt = (rule: Rule, { identity, credential, whose }: Cell, granted: Outcome): Outcome => {
  if (rule.needsAccessToken && credential !== 'access') return 'forbidden';
  const absent = rule.absent ?? 'not_found';
  if (whose === 'random' || (whose === 'foreign' && rule.whose === 'own')) return absent;
  return (whose === 'foreign' ? undefined : rule.onSelf?.[identity]) ?? granted;
};

/** An outcome as status and code. */
export const shown = (outcome: Outcome): string =>
  typeof outcome === 'number' ? String(outcome) : `${errorCodes[outcome].status} ${outcome}`;
