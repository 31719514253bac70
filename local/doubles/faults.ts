import * as z from 'zod/mini';
import type { EndpointFault } from './http-messages';
import { matchPath } from './route-table';

const text = z.string();
const milliseconds = z.number().check(z.int(), z.minimum(0), z.maximum(600_000));
const yes = z.literal(true);

/**
 * What happens to a request that a rule hits. Exactly one of:
 * - `status` (+ `body`, `headers`): this answer; `afterActing` = the work is done first, the caller is told it failed
 * - `delayMs`: waits, then acts; `delayAfterMs`: acts, then waits before answering (a timeout after the fact)
 * - `hang`: never answers; `afterActing` = acts first
 * - `dropConnectionBefore`: cuts the connection without acting; `dropConnectionAfter`: acts, then cuts it
 * - `garbage`: status 200 with cut-off JSON; `html`: status 200 with an HTML page (both with `afterActing`)
 * - `redirectTo`: 302 to that address
 * - `slowDripMs`: acts, then sends the answer one byte at a time with this pause
 */
const faultActionSchema = z.union([
  z.strictObject({
    status: z.number().check(z.int(), z.minimum(200), z.maximum(599)),
    body: z.optional(z.union([text, z.record(text, z.unknown())])),
    headers: z.optional(z.record(text, text)),
    afterActing: z.optional(z.boolean()),
  }),
  z.strictObject({ delayMs: milliseconds }),
  z.strictObject({ delayAfterMs: milliseconds }),
  z.strictObject({ hang: yes, afterActing: z.optional(z.boolean()) }),
  z.strictObject({ dropConnectionBefore: yes }),
  z.strictObject({ dropConnectionAfter: yes }),
  z.strictObject({ garbage: yes, afterActing: z.optional(z.boolean()) }),
  z.strictObject({ html: yes, afterActing: z.optional(z.boolean()) }),
  z.strictObject({ redirectTo: text }),
  z.strictObject({ slowDripMs: milliseconds }),
]);

/**
 * `layer: 'endpoint'` (with `status` or `delayMs` only) acts below the idempotency layer: the failure is stored and
 * replayed, and during the delay the key is in use.
 */
const ruleSchema = z.strictObject({
  method: z.optional(text),
  /** Like a route pattern: `/v1/refunds/{id}`, `/v2/*`. */
  pathPattern: text,
  /** How many requests it hits; default: all, until deleted. */
  times: z.optional(z.number().check(z.int(), z.minimum(1))),
  /** How many matching requests pass first. */
  skip: z.optional(z.number().check(z.int(), z.minimum(0))),
  layer: z.optional(z.enum(['edge', 'endpoint'])),
  action: faultActionSchema,
});

/** A rule as callers give it; refuses an endpoint-layer rule whose action only the edge can do. */
export const faultRuleSchema = ruleSchema.check(
  z.refine(({ layer, action }) => layer !== 'endpoint' || 'status' in action || 'delayMs' in action, {
    error: "layer 'endpoint' takes status or delayMs",
  }),
);

export type FaultAction = z.infer<typeof faultActionSchema>;
export type FaultRule = z.infer<typeof faultRuleSchema>;
/** A rule in force: its id, what is left of `times` and `skip`, and how often it hit. */
export type ActiveFault = FaultRule & { id: string; hits: number };

export type TakenFault =
  | { layer: 'edge'; action: FaultAction }
  | { layer: 'endpoint'; endpointFault: EndpointFault };

export interface FaultRules {
  add(rule: FaultRule): ActiveFault;
  list(): ActiveFault[];
  remove(id: string): boolean;
  clear(): void;
  /** The first rule that hits this request, counted; undefined = the request goes through. */
  take(method: string, path: string): TakenFault | undefined;
}

/** Rules that make a double's endpoints fail. Not kept across restarts. */
export function createFaultRules(): FaultRules {
  let rules: ActiveFault[] = [];
  let count = 0;
  return {
    add(rule) {
      count += 1;
      const active: ActiveFault = { ...rule, id: `fault_${count}`, hits: 0 };
      rules.push(active);
      return active;
    },
    list: () => rules.map((rule) => ({ ...rule })),
    remove(id) {
      const before = rules.length;
      rules = rules.filter((rule) => rule.id !== id);
      return rules.length < before;
    },
    clear() {
      rules = [];
    },
    take(method, path) {
      for (const rule of rules) {
        if (rule.method && rule.method.toUpperCase() !== method) continue;
        if (!matchPath(rule.pathPattern, path)) continue;
        if (rule.skip) {
          rule.skip -= 1;
          continue;
        }
        rule.hits += 1;
        if (rule.times !== undefined) rule.times -= 1;
        if (rule.times === 0) rules = rules.filter((other) => other !== rule);
        return taken(rule);
      }
      return undefined;
    },
  };
}

function taken({ layer, action }: FaultRule): TakenFault {
  if (layer !== 'endpoint') return { layer: 'edge', action };
  if ('delayMs' in action) return { layer, endpointFault: action };
  if (!('status' in action)) return { layer: 'edge', action };
  const { status, body, headers = {}, afterActing = false } = action;
  const bodyText = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return { layer, endpointFault: { status, body: bodyText, headers, afterActing } };
}
