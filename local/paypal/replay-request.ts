import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpRequest } from '../doubles/http-messages';
import { requestIdOf } from './api-reply';
import { PayPalError } from './paypal-error';
import type { Millis } from './state';
import type { World } from './world';

/** A call type that honours PayPal-Request-Id, and how long PayPal keeps the ids (OpenAPI, `paypal_request_id`). */
export type Operation = { name: string; keptMs: Millis };

export type RequestReplay = {
  /**
   * Runs `act` once per id. PayPal's rules as documented (developer.paypal.com, Idempotency):
   * - a known id answers "the latest status of the previous request", whatever the new body says;
   * - an id counts per type of call, not per resource;
   * - of two simultaneous calls with one id the second fails (409 PREVIOUS_REQUEST_IN_PROGRESS);
   * - without an id the request is simply done again;
   * - a call that failed leaves nothing behind, so the same id may try again.
   * @returns the id of the resource, and whether an earlier call made it
   */
  once(
    operation: Operation,
    request: HttpRequest,
    act: () => string,
  ): Promise<{ id: string; replayed: boolean }>;
};

const longestRequestId = 10_000;

export function createRequestReplay(world: World): RequestReplay {
  const underWay = new Set<string>();

  return {
    async once(operation, request, act) {
      const requestId = requestIdOf(request);
      if (requestId === undefined) {
        await pause(request);
        return { id: act(), replayed: false };
      }
      if (requestId.length > longestRequestId) {
        throw PayPalError.invalid('INVALID_STRING_LENGTH', { field: 'PayPal-Request-Id' });
      }
      const key = `${operation.name} ${requestId}`;
      const known = world.state.requests.get(key);
      if (known !== undefined && world.now() - known.at < operation.keptMs) {
        return { id: known.resourceId, replayed: true };
      }
      if (underWay.has(key)) throw PayPalError.inProgress();
      underWay.add(key);
      try {
        await pause(request);
        const id = act();
        world.state.requests.set(key, { at: world.now(), resourceId: id });
        return { id, replayed: false };
      } finally {
        underWay.delete(key);
      }
    },
  };
}

/** A fault rule may make the work itself take long: the id is then held meanwhile. */
export async function pause({ endpointFault }: HttpRequest): Promise<void> {
  if (endpointFault !== undefined && 'delayMs' in endpointFault) {
    await sleep(endpointFault.delayMs, undefined, { ref: false });
  }
}
