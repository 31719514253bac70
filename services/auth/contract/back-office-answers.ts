import * as z from 'zod/mini';

/** An account as the back office lists it. */
export const account = z.strictObject({
  id: z.uuid(),
  email: z.nullable(z.string()),
  name: z.string(),
  role: z.enum(['user', 'support', 'admin']),
  email_confirmed: z.boolean(),
  created_at: z.iso.datetime(),
  last_sign_in_at: z.nullable(z.iso.datetime()),
  /** Null for an account that may act. */
  banned_until: z.nullable(z.iso.datetime()),
});

export const changedAccount = z.strictObject({ success: z.literal(true), user: account });

/** Sums in ISO 4217 minor units of `currency`, over all payments of an account. */
const paymentSums = z.strictObject({
  currency: z.string(),
  payments: z.int(),
  captured_amount: z.int(),
  refunded_amount: z.int(),
  reversed_amount: z.int(),
});

export const accountInFull = z.strictObject({
  success: z.literal(true),
  user: z.strictObject({
    ...account.shape,
    avatar_url: z.nullable(z.string()),
    /** Live ones. */
    sessions: z.int(),
    payments: z.array(paymentSums),
  }),
});

/** One line of the audit log. */
export const auditLine = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  actor: z.strictObject({
    /** Null for the command line. */
    id: z.nullable(z.uuid()),
    /** The operating-system user; null for requests. */
    name: z.nullable(z.string()),
    role: z.enum(['support', 'admin', 'command_line']),
  }),
  action: z.string(),
  target: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  /** The id of the request that did it, as in its answer and in the logs. */
  request_id: z.nullable(z.string()),
});
