import { announceMessage } from './sql/announce-message';
import { type ChangeHandler, onChange } from './use-cases/on-change';

/** What handlers may call besides the database. */
export interface ChangeServices {
  /** Sends mails that are due. */
  readonly sendMails: () => Promise<void>;
}

/** What code of ours does when something changes in the database. docs/changes.md tells how to add to it. */
export const changeHandlers = ({ sendMails }: ChangeServices): readonly ChangeHandler[] => [
  onChange('messages', ['INSERT'], ({ tx, change }) => announceMessage(tx, change.key.id)),
  // At once instead of within a minute, when the outbox looks again.
  onChange('private.outbox', ['INSERT'], async ({ afterCommit }) => afterCommit(sendMails)),
];
