import type { FunctionAccess } from './declaration';
import { HEIR, OWNER } from './people';

/** Functions of notifications and their mails. */
export const notificationFunctions: Readonly<Record<string, FunctionAccess>> = {
  'public.notification_choices(uuid[])': { call: `array['${OWNER}'::uuid]`, may: ['authenticated'] },
  'private.notify(uuid,text,text,jsonb)': {
    call: `'${HEIR}', 'file_accepted', 'k', '{"file_id": "f", "name": "n"}'`,
    definer: true,
    may: ['tandem_files', 'tandem_notification'],
  },
  'private.notify_each(uuid[],text[],text[],jsonb[],boolean[],boolean[])': {
    call: `'{}', '{}', '{}', '{}', '{}', '{}'`,
    definer: true,
  },
  'private.mail_recipients(uuid)': { call: `'${OWNER}'`, definer: true, may: ['tandem_notification'] },
  'private.notify_of_facts()': { call: '', definer: true }, // Postgres does
  'private.set_read_at()': { call: '' }, // Postgres does
};
