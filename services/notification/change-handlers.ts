import { announceMessage } from './sql/announce-message';
import { type ChangeHandler, onChange } from './use-cases/on-change';

/** What code of ours does when something changes in the database. docs/changes.md tells how to add to it. */
export const changeHandlers: readonly ChangeHandler[] = [
  onChange('messages', ['INSERT'], ({ tx, change }) => announceMessage(tx, change.key.id)),
];
