import { randomUUID } from 'node:crypto';
import type { OwnerDatabase } from '../faults/owner-database';
import type { PlannedRow } from './plan-writes';
import type { Person } from './stage';

/** Where messages for an audience are written, and by whom. */
export interface Conversation {
  readonly id: string;
  readonly senderId: string;
}

export type Conversations = (audience: PlannedRow['audience']) => Conversation;

/** Each of the two talks with a third person who watches nothing, and they talk with each other. */
export const prepareConversations = async (
  db: OwnerDatabase,
  [first, second]: readonly [Person, Person],
): Promise<Conversations> => {
  // The third person writes as much as a hundred would; the limits have tests of their own.
  await db.query(`create or replace function private.live_lift_limits() returns trigger language plpgsql as
    'begin return null; end'`);
  await db.query(`create or replace trigger live_lift_limits before insert on private.rate_limits
    for each row execute function private.live_lift_limits()`);
  // They do not wish to be told of messages by notifications, too: those would be rows that no plan has.
  await db.query(
    `insert into public.notification_preferences (user_id, kind, in_app, email)
     select unnest($1::uuid[]), 'message_received', false, false on conflict do nothing`,
    [[first.id, second.id]],
  );
  const friendId = randomUUID();
  await db.query('insert into auth.users (id, email) values ($1, $2)', [
    friendId,
    `${friendId}@example.test`,
  ]);
  const [ofFirst, ofSecond, ofBoth] = [
    await start(db, [friendId, first.id]),
    await start(db, [friendId, second.id]),
    await start(db, [first.id, second.id]),
  ];
  return (audience) => (audience.length === 2 ? ofBoth : audience[0] === 0 ? ofFirst : ofSecond);
};

const start = async (db: OwnerDatabase, members: readonly [string, string]): Promise<Conversation> => {
  const id = randomUUID();
  await db.query(`insert into public.conversations (id, title) values ($1, 'live')`, [id]);
  await db.query(
    `insert into public.conversation_members (conversation_id, user_id) select $1, unnest($2::uuid[])`,
    [id, members],
  );
  return { id, senderId: members[0] };
};
