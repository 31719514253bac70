import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod/mini';
import type { Mail } from './mail';

const part = z.object({ Data: z.string() });

/** What SendEmail of SES v2 takes, as far as our functions use it (docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html). */
const sendEmail = z.object({
  FromEmailAddress: z.string(),
  Destination: z.object({ ToAddresses: z.array(z.string()).check(z.minLength(1), z.maxLength(50)) }),
  Content: z.object({
    Simple: z.object({ Subject: part, Body: z.object({ Text: z.optional(part), Html: z.optional(part) }) }),
  }),
});

/** A mail as SES is given it. */
export type SesMail = Omit<Mail, 'id' | 'receivedAt'>;

/**
 * Answers for Amazon SES where the request is one: POST /v2/email/outbound-emails, signed for the service `ses`.
 *
 * @param accept takes the mail and gives its number
 * @returns whether it was one
 */
export async function answerSes(
  request: IncomingMessage,
  response: ServerResponse,
  accept: (mail: SesMail) => number,
): Promise<boolean> {
  if (request.method !== 'POST' || request.url !== '/v2/email/outbound-emails') return false;
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const refuse = (status: number, type: string, message: string): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
    response.end(JSON.stringify({ message }));
  };
  if (!/Credential=\S+\/ses\/aws4_request/.test(request.headers.authorization ?? '')) {
    refuse(403, 'MissingAuthenticationTokenException', 'not signed for SES');
    return true;
  }
  const { success, data } = sendEmail.safeParse(readJson(Buffer.concat(chunks).toString('utf8')));
  if (!success) {
    refuse(400, 'BadRequestException', 'not an e-mail');
    return true;
  }
  const { Subject, Body } = data.Content.Simple;
  const number = accept({
    to: data.Destination.ToAddresses.map((address) => address.toLowerCase()),
    from: data.FromEmailAddress,
    subject: Subject.Data,
    text: Body.Text?.Data ?? '',
    html: Body.Html?.Data ?? '',
  });
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ MessageId: `local-${number}` }));
  return true;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
