import type { Queryable } from '#shared/database/queryable';
import type { Actor } from '#shared/kernel/actor';

/** One line of the audit log. */
export interface AuditEntry {
  readonly actor: Actor;
  /** As service.verb: `reviews.dismiss`. */
  readonly action: string;
  /** `stripe:evt_1`, a payment's id, a queue. */
  readonly target: string;
  /** JSON values; null where there was or is nothing to show. No personal data. */
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Writes down what somebody with a role did. In the transaction that does it, so that neither is there without the other; of
 * what happens elsewhere (a message sent, a queue moved) before it is done, because it cannot be undone.
 */
export const writeAudit = async (
  tx: Queryable,
  { actor, action, target, before, after }: AuditEntry,
): Promise<void> => {
  await tx.query(
    `insert into private.audit_log (actor_id, actor_role, action, target, before, after, request_id)
     values ($1::uuid, $2, $3, $4, $5::json, $6::json, $7)`,
    [actor.userId, actor.role, action, target, toJson(before), toJson(after), actor.requestId],
  );
};

const toJson = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
