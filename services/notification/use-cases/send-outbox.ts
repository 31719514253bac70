import type { MakeId } from '#shared/kernel/ids';
import type { MailState } from '../domain/mail-outcome';
import { claimMails } from '../sql/claim-mails';
import { findRecipients, type Recipient } from '../sql/find-recipients';
import { forgetMails } from '../sql/forget-mails';
import { giveUpLostMails } from '../sql/give-up-lost-mails';
import { settleUnsentMails } from '../sql/settle-unsent-mails';
import { readMailNews } from './read-mail-news';
import { type DueMail, type SendOneMailDeps, sendOneMail } from './send-one-mail';

export interface SendOutboxDeps extends SendOneMailDeps {
  readonly makeId: MakeId;
}

/** What a run has done. */
export interface OutboxCount {
  readonly taken: number;
  readonly sent: number;
}

/** Mails that are taken together; SES begins with 14 a second. */
const BATCH = 20;

/** Mails that are handed over at a time. */
const AT_ONCE = 5;

/** Longer than a batch takes, at ten seconds for each mail. */
const CLAIM_MS = 120_000;

/** A run starts no other batch after this, so that it ends before the next one begins. */
const RUN_MS = 25_000;

/** How long it is known what was mailed. */
const KEPT_MS = 90 * 86_400_000;

/**
 * Sends the mails that are due. Any number of runs may go on at the same time. A mail is noted as being sent before it is
 * handed over; when its process dies in between, nobody knows whether it was, so it ends as `unknown` and is never sent again.
 */
export const sendOutbox = async (deps: SendOutboxDeps): Promise<OutboxCount> => {
  const startedAt = deps.now();
  for (const id of await giveUpLostMails(deps.database, new Date(startedAt)))
    deps.onSettled(id, 'unknown', 'process_lost');
  let [taken, sent] = [0, 0];
  for (;;) {
    const batch = await sendDueMails(deps, BATCH);
    taken += batch.taken;
    sent += batch.sent;
    if (batch.taken < BATCH || deps.now() - startedAt > RUN_MS) break;
  }
  await forgetMails(deps.database, new Date(startedAt - KEPT_MS));
  return { taken, sent };
};

/** Sends due mails, at most `limit` of them, once each. */
export const sendDueMails = async (deps: SendOutboxDeps, limit: number): Promise<OutboxCount> => {
  const { database, now, makeId } = deps;
  const startedAt = now();
  const claim = { id: makeId(), until: new Date(startedAt + CLAIM_MS) };
  const claimed = await claimMails(database, { ...claim, now: new Date(startedAt), limit });
  if (claimed.length === 0) return { taken: 0, sent: 0 };
  const recipients = await findRecipients(database, claim.id);

  const due: DueMail[] = [];
  const [unwanted, unreadable]: [string[], string[]] = [[], []];
  for (const { id, kind, data, attempts } of claimed) {
    const recipient: Recipient | undefined = recipients.get(id);
    const news = readMailNews(kind, data);
    if (recipient === undefined) unwanted.push(id);
    else if (news === null) unreadable.push(id);
    else due.push({ id, attempts, news, to: recipient.email, locale: recipient.locale });
  }
  const settle = async (ids: readonly string[], state: 'dropped' | 'failed', code: string): Promise<void> => {
    if (ids.length === 0) return;
    await settleUnsentMails(database, ids, claim.id, { state, code, now: new Date(now()) });
    for (const id of ids) deps.onSettled(id, state, code);
  };
  await settle(unwanted, 'dropped', 'nobody_to_tell');
  await settle(unreadable, 'failed', 'no_words');

  const states = await inGroups(due, AT_ONCE, (mail) => sendOneMail(deps, mail, claim.id));
  return { taken: claimed.length, sent: states.filter((state) => state?.state === 'sent').length };
};

const inGroups = async (
  mails: readonly DueMail[],
  size: number,
  work: (mail: DueMail) => Promise<MailState | null>,
): Promise<readonly (MailState | null)[]> => {
  const states: (MailState | null)[] = [];
  for (let start = 0; start < mails.length; start += size)
    states.push(...(await Promise.all(mails.slice(start, start + size).map(work))));
  return states;
};
