import type { Queryable } from '#shared/database/queryable';
import { isAppError } from '#shared/errors/app-error';
import type { ErrorCode } from '#shared/errors/error-codes';
import type { Now } from '#shared/kernel/ids';
import { pendingMailSchema } from '#shared/messages/pending-mail';
import type { MailOrder } from '../domain/mail-order';
import type { Seal } from '../ports';
import { type ClaimedMail, claimPendingMails } from '../sql/claim-pending-mails';
import { deletePendingMails } from '../sql/delete-pending-mails';
import { mayPass } from './may-pass';
import { type SendMailDeps, sendMail } from './send-mail';

export interface KeepPromisesDeps extends SendMailDeps {
  readonly database: Queryable;
  readonly open: (...sealed: Parameters<Seal['open']>) => Promise<MailOrder>;
  readonly now: Now;
  /** Told of orders that were given up: asking again would not help, and nobody can be told. */
  readonly onGivenUp: (why: ErrorCode | 'expired') => void;
}

/** A queue message: its id at the queue and its body as received. */
export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
}

export type Kept = { readonly done: true } | { readonly done: false; readonly error: unknown };

/** Longer than the mail function runs, shorter than the queue hides a message for. */
const CLAIM_MS = 60_000;

/**
 * Does what routes have promised, each by itself and all at once. A message that comes twice finds its row gone, or claimed
 * by whoever had it first; only a process that dies between the mail and the row's deletion leaves a mail to be sent twice.
 */
export const keepPromises = async (
  deps: KeepPromisesDeps,
  messages: readonly QueuedMessage[],
): Promise<ReadonlyMap<string, Kept>> => {
  const asked = messages.map(({ messageId, body }) => ({ messageId, id: readId(body) }));
  const ids = asked.flatMap(({ id }) => id ?? []);
  const nowMs = deps.now();
  const [now, until] = [new Date(nowMs), new Date(nowMs + CLAIM_MS)];
  const claimed = await claimPendingMails(deps.database, ids, { now, until });

  const outcomes = new Map<string, Kept>(
    await Promise.all(claimed.map(async (row) => [row.id, await keepOne(deps, row)] as const)),
  );
  const done = claimed.flatMap(({ id }) => (outcomes.get(id)?.done ? [id] : []));
  await deletePendingMails(deps.database, done, now);

  return new Map(
    asked.map(({ messageId, id }) => [
      messageId,
      id === null
        ? { done: false, error: new Error('not a message of ours') }
        : (outcomes.get(id) ?? { done: true }),
    ]),
  );
};

const readId = (body: string): string | null => {
  try {
    const { success, data } = pendingMailSchema.safeParse(JSON.parse(body));
    return success ? data.id : null;
  } catch {
    return null;
  }
};

const keepOne = async (
  deps: KeepPromisesDeps,
  { id, sealed, expired, again }: ClaimedMail,
): Promise<Kept> => {
  if (sealed === null) return { done: false, error: new Error('another process works on it') };
  try {
    if (expired) deps.onGivenUp('expired');
    else await sendMail(deps, await deps.open(sealed, id), again);
    return { done: true };
  } catch (error) {
    if (!isAppError(error) || mayPass(error)) return { done: false, error };
    deps.onGivenUp(error.code);
    return { done: true };
  }
};
