import { createHash, randomInt } from 'node:crypto';
import { Client } from 'pg';
import type { WebHandler } from './serve-web';

export type ConfirmationMail = { to: string; subject: string; text: string; html: string };

export type ResendOptions = {
  /** As supabase_auth_admin. */
  databaseUrl: string;
  siteUrl: string;
  send: (mail: ConfirmationMail) => Promise<void>;
};

const STORE = `
  update auth.users set confirmation_token = $2, confirmation_sent_at = now()
  where email = $1 and email_confirmed_at is null and confirmation_sent_at is not null
  returning id`;

/**
 * Answers POST /auth/v1/resend for sign-ups, which Lite refuses with 429 for every account that waits for its confirmation.
 * The answer is the same whether or not there is one, as Supabase Auth's is.
 */
export function resendConfirmations(options: ResendOptions, next: WebHandler): WebHandler {
  return async (request, peerAddress) => {
    const asked = await readResend(request);
    if (asked === null) return next(request, peerAddress);
    const otp = String(randomInt(1_000_000)).padStart(6, '0');
    const hash = createHash('sha256').update(`${asked}${otp}`).digest('hex');
    const client = new Client({ connectionString: options.databaseUrl });
    await client.connect();
    const { rowCount } = await client.query(STORE, [asked, hash]).finally(() => client.end());
    if (rowCount === 1) await options.send(mailOf(asked, otp, hash, options.siteUrl));
    return Response.json({});
  };
}

/** The address in lower case; null for any other request. */
async function readResend(request: Request): Promise<string | null> {
  if (request.method !== 'POST' || !new URL(request.url).pathname.endsWith('/auth/v1/resend')) return null;
  try {
    const body: unknown = await request.clone().json();
    if (typeof body !== 'object' || body === null || !('type' in body) || !('email' in body)) return null;
    return body.type === 'signup' && typeof body.email === 'string' ? body.email.toLowerCase() : null;
  } catch {
    return null;
  }
}

function mailOf(to: string, otp: string, hash: string, siteUrl: string): ConfirmationMail {
  const link = `${siteUrl}/auth/v1/verify?token=${hash}&type=signup&redirect_to=${encodeURIComponent(siteUrl)}`;
  return {
    to,
    subject: 'Confirm your email address',
    text: `Your confirmation code: ${otp}\n\n${link}\n`,
    html: `<p>Your confirmation code: <b>${otp}</b></p><p><a href="${link}">Confirm your email address</a></p>`,
  };
}
