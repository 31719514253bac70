import type { Queryable } from '#shared/database/queryable';
import type { Now } from '#shared/kernel/ids';
import type { MailNews } from '../domain/mail-data';
import { type MailState, stateAfter } from '../domain/mail-outcome';
import { renderMail } from '../domain/render-mail';
import type { SendMail } from '../ports';
import { beginMail } from '../sql/begin-mail';
import { settleMail } from '../sql/settle-mail';

export interface SendOneMailDeps {
  readonly database: Queryable;
  readonly sendMail: SendMail;
  /** Where people use the product, without a slash at the end. */
  readonly siteUrl: string;
  readonly now: Now;
  /** Told how each mail ended that will not be tried again, and why; for the operator's counters and log. */
  readonly onSettled: (id: string, state: SettledState, code: string | null) => void;
}

export type SettledState = 'sent' | 'failed' | 'unknown' | 'dropped';

/** A mail that was taken, with whom it goes to. */
export interface DueMail {
  /** Of its row in the outbox. */
  readonly id: string;
  readonly news: MailNews;
  readonly to: string;
  readonly locale: string;
  /** Attempts so far. */
  readonly attempts: number;
}

/** Longer than handing one over takes. */
const SENDING_MS = 60_000;

/** Hands one mail over and notes what came of it; null where it had gone to another run meanwhile. */
export const sendOneMail = async (
  { database, sendMail, siteUrl, now, onSettled }: SendOneMailDeps,
  { id, news, to, locale, attempts }: DueMail,
  claimId: string,
): Promise<MailState | null> => {
  const mail = renderMail(news, locale, siteUrl);
  const isOurs = await beginMail(database, id, { id: claimId, until: new Date(now() + SENDING_MS) });
  if (!isOurs) return null;
  const after = stateAfter(await sendMail(to, mail), attempts + 1, now());
  await settleMail(database, id, claimId, after, new Date(now()));
  if (after.state !== 'due') onSettled(id, after.state, after.state === 'sent' ? null : after.code);
  return after;
};
