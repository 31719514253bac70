import type { Queryable } from '#shared/database/queryable';

/**
 * Tells the members of a conversation of a new message, once until they look: the key is how far each has read. Not whoever
 * wrote it, has read it by now, joined after it or blocks the sender; and nobody where it was deleted meanwhile.
 */
export const announceMessage = async (tx: Queryable, messageId: string): Promise<void> => {
  await tx.query(
    `select private.notify(p.user_id, 'message_received',
       concat_ws(':', m.conversation_id, greatest(p.last_read_position, p.visible_after)),
       jsonb_build_object('conversation_id', m.conversation_id, 'message_id', m.id))
     from public.messages m join public.conversation_members p on p.conversation_id = m.conversation_id
     where m.id = $1::uuid and m.deleted_at is null and p.user_id <> m.sender_id
       and m.position > greatest(p.last_read_position, p.visible_after)
       and not exists (
         select from public.user_blocks b where b.user_id = p.user_id and b.blocked_id = m.sender_id)
     order by p.id`,
    [messageId],
  );
};
