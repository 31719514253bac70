import type { FunctionAccess } from './declaration';
import { HEIR, OWNER } from './people';

const USERS = ['authenticated'] as const;

/** Only Postgres calls these. */
const TRIGGER: FunctionAccess = { call: '' };
const DEFINER_TRIGGER: FunctionAccess = { call: '', definer: true };

/** Functions of conversations, messages and profiles. The own conversation of a caller has the caller's id. */
export const talkFunctions: Readonly<Record<string, FunctionAccess>> = {
  'public.start_conversation(uuid[],text,uuid)': {
    call: `array['${HEIR}'::uuid]`,
    needsSubject: true,
    may: USERS,
  },
  'public.add_member(uuid,uuid)': { call: `auth.uid(), '${HEIR}'`, needsSubject: true, may: USERS },
  'public.list_members(uuid)': { call: 'auth.uid()', may: USERS },
  'public.my_conversations()': { call: '', may: USERS },
  'private.start_conversation(uuid[],text,uuid)': {
    call: `array['${HEIR}'::uuid], null, null`,
    definer: true,
    may: USERS,
  },
  'private.add_member(uuid,uuid)': { call: `'${OWNER}', '${HEIR}'`, definer: true, may: USERS },
  'private.list_members(uuid)': { call: `'${OWNER}'`, definer: true, may: USERS },
  'private.my_conversations()': { call: '', definer: true, may: USERS },
  'private.caller()': { call: '', definer: true, may: USERS },
  'private.caller_conversations()': { call: '', definer: true, may: USERS },
  'private.caller_owned_conversations()': { call: '', definer: true, may: USERS },
  'private.caller_sees_message(uuid,bigint)': { call: `'${OWNER}', 1`, definer: true, may: USERS },
  'private.caller_may_read_object(text,text)': { call: `'avatars', 'x'`, definer: true, may: USERS },
  'private.require_available(uuid,uuid[])': { call: `'${OWNER}', '{}'` },
  'private.require_caller()': { call: '' },
  'private.require_file(uuid,uuid,text)': { call: `'${OWNER}', '${OWNER}', 'avatar'` },
  'private.is_blocked(uuid,uuid)': { call: `'${OWNER}', '${HEIR}'` },
  'private.limit_user(uuid,text,integer,bigint)': { call: `'${OWNER}', 'messages', 1, 1000` },
  'private.message_text(text)': { call: `'x'` },
  'private.change_message()': DEFINER_TRIGGER,
  'private.check_avatar()': DEFINER_TRIGGER,
  'private.limit_blocks()': DEFINER_TRIGGER,
  'private.move_read_marker()': DEFINER_TRIGGER,
  'private.place_message()': DEFINER_TRIGGER,
  'private.tidy_conversation()': DEFINER_TRIGGER,
  'private.check_timezone()': TRIGGER,
  'private.clean_name()': TRIGGER,
};
