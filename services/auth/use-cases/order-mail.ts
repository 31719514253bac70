import type { Queryable } from '#shared/database/queryable';
import type { MakeId, Now } from '#shared/kernel/ids';
import type { PendingMailMessage } from '#shared/messages/pending-mail';
import type { OrderMail, Seal } from '../ports';
import { insertPendingMail } from '../sql/insert-pending-mail';

export interface OrderMailDeps {
  readonly database: Queryable;
  readonly seal: Seal['seal'];
  /** Puts a message on the queue of the mail function. */
  readonly send: (message: PendingMailMessage) => Promise<void>;
  readonly now: Now;
  readonly makeId: MakeId;
}

/** Nobody waits longer for a mail, and what a row holds is not kept longer. */
const PROMISE_MS = 60 * 60_000;

/**
 * Promises a mail: one row, one message, whatever the address. The row comes first, since a message without one means that it
 * is done. A row whose message was lost is forgotten after an hour; its caller was told that nothing was promised.
 */
export const makeOrderMail =
  ({ database, seal, send, now, makeId }: OrderMailDeps): OrderMail =>
  async (order) => {
    const id = makeId();
    const expiresAt = new Date(now() + PROMISE_MS);
    await insertPendingMail(database, { id, sealed: seal(order, id), expiresAt });
    await send({ version: 1, id });
  };
