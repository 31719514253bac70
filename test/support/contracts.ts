import type { Route } from '#shared/kernel/route';
import { CONTRACTS } from '../../local/docs/contracts';

/** A route with the names it is known by. */
export interface KnownRoute {
  readonly service: string;
  readonly id: string;
  readonly route: Route;
  /** A path that leads to it. */
  readonly path: string;
  /** Whether anybody may call it, or whoever signs. */
  readonly isOpen: boolean;
}

/** Every route there is. */
export const ROUTES: readonly KnownRoute[] = Object.entries(CONTRACTS).flatMap(([service, contract]) =>
  Object.entries(contract).map(([id, route]) => ({
    service,
    id,
    route,
    path: route.path.replace(/\{\w+\}/g, '6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa'),
    isOpen: route.auth === 'public' || route.auth === 'signature',
  })),
);
