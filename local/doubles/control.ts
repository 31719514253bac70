import * as z from 'zod/mini';
import type { CallLog } from './call-log';
import type { VirtualClock } from './clock';
import { controlDeliveryRoutes } from './control-deliveries';
import type { Deliveries } from './deliveries';
import { type FaultRules, faultRuleSchema } from './faults';
import { jsonReply } from './http-messages';
import type { Route } from './route-table';
import { withBody } from './with-body';

/** A movement of money as the provider knows it. Integers in the provider's minor unit; money out is negative. */
export interface LedgerEntry {
  /** Id of the object that moved the money (charge, capture, refund, dispute, payout). */
  id: string;
  kind:
    | 'charge'
    | 'refund'
    | 'refund_failure'
    | 'dispute'
    | 'dispute_reversal'
    | 'payout'
    /** A payout that failed or was canceled: the money is back in the balance. */
    | 'payout_reversal';
  amount: number;
  fee: number;
  currency: string;
  /** Ids of the objects it belongs to, such as payment_intent, charge, order. */
  objects: Record<string, string>;
  /** Our payments.id, as the caller gave it to the provider. */
  paymentId: string | null;
  atMs: number;
}

export interface ControlParts {
  clock: VirtualClock;
  faults: FaultRules;
  deliveries: Deliveries;
  calls: CallLog;
  ledger: () => LedgerEntry[];
  /** Forgets all of the double's state; webhook endpoints stay. */
  reset: () => void;
}

const clockSchema = z.union([
  z.strictObject({ advanceMs: z.number() }),
  z.strictObject({ setMs: z.number() }),
]);

/**
 * The control API that every double has. JSON in, JSON out; 400 with `{error}` for a body it does not take.
 *
 * | Request | Does |
 * |---|---|
 * | GET, PUT, DELETE /_control/deliveries/rules | reads, replaces, clears the delivery rules (`deliveryRulesSchema`) |
 * | GET /_control/deliveries[?event_id=&type=&state=] | `{deliveries}`: every delivery with its attempts |
 * | POST /_control/deliveries/drain | waits until nothing is due, then `{deliveries: n}` |
 * | POST /_control/deliveries/{eventId}/resend[?endpoint=id] | sends a known event again; `{deliveries: n}`, 404 unknown |
 * | POST /_control/deliver | posts `{body: object or string, bodyBase64?, eventId?, type?, endpoint?, forge?, copies?}` to the endpoints, genuinely signed or forged; `{attempts: [{url, status, error, ms}]}` |
 * | GET, POST, DELETE /_control/faults | `{faults}`; adds a rule (`faultRuleSchema`), answers it with its id; clears all |
 * | DELETE /_control/faults/{id} | removes one rule |
 * | GET /_control/clock | `{nowMs, offsetMs}` |
 * | POST /_control/clock | `{advanceMs}` or `{setMs}`: moves time, fires what became due |
 * | DELETE /_control/clock | back to real time |
 * | GET /_control/ledger | `{entries}`: every movement of money the provider knows (`LedgerEntry`) |
 * | GET, DELETE /_control/calls | `{counts, recent}`: API calls per endpoint, latest ones with idempotency keys; forgets them |
 * | POST /_control/reset | forgets objects, deliveries, rules, faults, calls and clock moves |
 */
export function controlRoutes(parts: ControlParts): Route[] {
  const { clock, faults, calls } = parts;
  const clockAnswer = () =>
    jsonReply(200, { nowMs: clock.now(), offsetMs: Math.round(clock.now() - Date.now()) });
  const done = () => jsonReply(200, { ok: true });

  return [
    ...controlDeliveryRoutes(parts.deliveries),
    { method: 'GET', pattern: '/_control/faults', handle: () => jsonReply(200, { faults: faults.list() }) },
    {
      method: 'POST',
      pattern: '/_control/faults',
      handle: (request) => withBody(request, faultRuleSchema, (rule) => jsonReply(200, faults.add(rule))),
    },
    {
      method: 'DELETE',
      pattern: '/_control/faults',
      handle: () => {
        faults.clear();
        return done();
      },
    },
    {
      method: 'DELETE',
      pattern: '/_control/faults/{id}',
      handle: ({ params }) =>
        faults.remove(params.id ?? '') ? done() : jsonReply(404, { error: 'no such fault' }),
    },
    { method: 'GET', pattern: '/_control/clock', handle: clockAnswer },
    {
      method: 'POST',
      pattern: '/_control/clock',
      handle: (request) =>
        withBody(request, clockSchema, (move) => {
          if ('advanceMs' in move) clock.advance(move.advanceMs);
          else clock.set(move.setMs);
          return clockAnswer();
        }),
    },
    {
      method: 'DELETE',
      pattern: '/_control/clock',
      handle: () => {
        clock.reset();
        return clockAnswer();
      },
    },
    { method: 'GET', pattern: '/_control/ledger', handle: () => jsonReply(200, { entries: parts.ledger() }) },
    { method: 'GET', pattern: '/_control/calls', handle: () => jsonReply(200, calls.read()) },
    {
      method: 'DELETE',
      pattern: '/_control/calls',
      handle: () => {
        calls.clear();
        return done();
      },
    },
    {
      method: 'POST',
      pattern: '/_control/reset',
      handle: async () => {
        parts.reset();
        // What was on the wire ends first, so that nothing of before arrives after the answer.
        await parts.deliveries.drain();
        return done();
      },
    },
  ];
}
