import * as z from 'zod/mini';

const count = z.number().check(z.int(), z.minimum(0));

export const forgerySchema = z.strictObject({
  badSignature: z.optional(z.boolean()),
  alteredBody: z.optional(z.boolean()),
  timestampOffsetMs: z.optional(z.number()),
  otherMode: z.optional(z.boolean()),
});

/** The rules that new deliveries follow; what is left out has its default. */
export const deliveryRulesSchema = z.strictObject({
  /** Only events of these types follow the rules; default all. */
  types: z._default(z.array(z.string()), ['*']),
  /** Virtual milliseconds between the event and its first attempt. */
  delayMs: z._default(count, 0),
  /** Each delivery waits up to so much longer, by chance, so that they overtake each other. Virtual milliseconds. */
  spreadMs: z._default(count, 0),
  /** Chance that a delivery is lost for good, 0 to 1. */
  dropProbability: z._default(z.number().check(z.minimum(0), z.maximum(1)), 0),
  /** The next n deliveries are lost for good; counts down. */
  dropNext: z._default(count, 0),
  /** How many times each event is delivered. */
  copies: z._default(count.check(z.minimum(1), z.maximum(100)), 1),
  /** Collects events for a window, then sends them one after another in a random order. */
  reorder: z._default(z.nullable(z.strictObject({ windowMs: count, seed: z.optional(z.number()) })), null),
  /** Nothing is sent until this is false again (or the rules are deleted). */
  paused: z._default(z.boolean(), false),
  /** Falsifies every attempt. */
  forge: z._default(z.nullable(forgerySchema), null),
  /** Seed of dropProbability and spreadMs. */
  seed: z._default(z.number(), 1),
});

export type DeliveryRules = z.output<typeof deliveryRulesSchema>;
export type DeliveryRulesInput = z.input<typeof deliveryRulesSchema>;

/** Whether a list of event types (with `*` or `payment_intent.*`) names this type. */
export function wantsType(types: readonly string[], type: string): boolean {
  return types.some((wanted) =>
    wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : wanted === type,
  );
}
