import { createHmac } from 'node:crypto';

/** 32 bytes in base64, as Standard Webhooks has them. */
export const CHANGE_TEST_SECRET = `whsec_${Buffer.from('a secret of this test, 32 bytes.').toString('base64')}`;

export interface ChangeSigning {
  /** Seconds since 1970. */
  readonly at: number;
  readonly secret?: string;
}

/** What the database posts of a change. */
export const changeBody = (id: string): string =>
  JSON.stringify({ type: 'change.recorded', timestamp: '2026-11-22T12:00:00Z', data: { id } });

/** The three headers of a Standard Webhook, signed by the book: standardwebhooks.com. */
export const signChange = (
  id: string,
  body: string | Uint8Array,
  { at, secret = CHANGE_TEST_SECRET }: ChangeSigning,
): Record<string, string> => {
  const signature = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
    .update(`${id}.${at}.`)
    .update(body)
    .digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` };
};
