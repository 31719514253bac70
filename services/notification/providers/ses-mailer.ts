import { sign } from 'aws4';
import type { AwsAccess } from '#shared/config/aws-access';
import type { MailOutcome } from '../domain/mail-outcome';
import type { RenderedMail } from '../domain/render-mail';
import type { SendMail } from '../ports';
import { NoAnswerError, type PostAnswer, postOnce } from './post-once';

export interface SesOptions {
  readonly access: Pick<AwsAccess, 'region' | 'credentials'>;
  /** `Tandem <no-reply@tandem.example>`: of an identity that SES has verified. */
  readonly sender: string;
  /** Base other than AWS's own. */
  readonly endpoint?: string | undefined;
  /** Milliseconds for each mail. */
  readonly timeoutMs?: number;
}

/** As IAM names it: a test compares it with what the function is allowed (test/infra/permissions.test.ts). */
const ACTION = 'ses.SendEmail';

const PATH = '/v2/email/outbound-emails';

/**
 * Mails through Amazon SES, API v2 (docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html). SES has no idempotency
 * key, so a request whose answer is lost stays `unknown`.
 */
export const sesMailer = ({ access, sender, endpoint, timeoutMs = 10_000 }: SesOptions): SendMail => {
  const url = new URL(PATH, endpoint ?? `https://email.${access.region}.amazonaws.com`);
  return async (to, mail) => {
    const body = JSON.stringify(requestOf(sender, to, mail));
    const { headers } = sign(
      {
        service: 'ses',
        region: access.region,
        method: 'POST',
        host: url.host,
        path: url.pathname,
        headers: { 'content-type': 'application/json' },
        body,
      },
      access.credentials,
    );
    try {
      const texts = Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]);
      return outcomeOf(await postOnce({ url, headers: Object.fromEntries(texts), body, timeoutMs }));
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      return { kind: error.wasSent ? 'unknown' : 'later', code: codeText(error.code) };
    }
  };
};

const requestOf = (sender: string, to: string, { subject, text, html, choicesUrl }: RenderedMail): object => {
  const part = (data: string) => ({ Data: data, Charset: 'UTF-8' });
  return {
    FromEmailAddress: sender,
    Destination: { ToAddresses: [to] },
    Content: {
      Simple: {
        Subject: part(subject),
        Body: { Text: part(text), Html: part(html) },
        Headers: [
          { Name: 'Auto-Submitted', Value: 'auto-generated' },
          { Name: 'List-Unsubscribe', Value: `<${choicesUrl}>` },
        ],
      },
    },
  };
};

/** It is the mail that SES does not take, not the moment: the common errors of SendEmail, by their names. */
const REFUSALS: ReadonlySet<string> = new Set([
  'BadRequestException',
  'MessageRejected',
  'ValidationException',
]);

const outcomeOf = (answer: PostAnswer): MailOutcome => {
  const { status } = answer;
  if (status === 200) return { kind: 'accepted', messageId: messageIdOf(answer.text) };
  const name = errorNameOf(answer);
  const code = codeText(`${ACTION} ${status} ${name}`);
  if (status >= 400 && status < 500) return { kind: REFUSALS.has(name) ? 'refused' : 'later', code };
  // Whether a server that failed had taken it, it does not say.
  return { kind: 'unknown', code };
};

/** REST-JSON names the error in a header, perhaps with a namespace behind a colon. */
const errorNameOf = ({ headers }: PostAnswer): string => {
  const type = headers['x-amzn-errortype'];
  return (typeof type === 'string' ? type : 'UnknownError').split(':', 1)[0] ?? 'UnknownError';
};

const messageIdOf = (text: string): string | null => {
  try {
    const { MessageId: id } = JSON.parse(text) as { readonly MessageId?: unknown };
    return typeof id === 'string' ? id.slice(0, 255) : null;
  } catch {
    return null;
  }
};

/** A word for the log and the row, never a text that might quote the mail. */
const codeText = (code: string): string => code.replace(/[^\w .:-]/g, '').slice(0, 100);
