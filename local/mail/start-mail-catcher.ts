import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { answerSes, type SesMail } from './answer-ses';
import type { Mail } from './mail';
import { renderMailPage } from './render-mail-page';

export type MailCatcherOptions = {
  smtpPort: number;
  httpPort: number;
  /** File that keeps the mails over restarts, one JSON object a line. */
  file?: string;
  onMail?: (mail: Mail) => void;
};

/** Catches every e-mail; nothing leaves the machine. */
export type MailCatcher = {
  /**
   * The page and API: GET and DELETE /api/messages, GET /api/messages/{id}; `?to=` narrows. Also where Amazon SES (v2) would
   * take mails.
   */
  url: string;
  smtpPort: number;
  /** Mails to an address (or all), newest first. */
  messages: (to?: string) => Mail[];
  close: () => Promise<void>;
};

/** Starts an SMTP server, a stand-in of SES and their web page, both on 127.0.0.1; port 0 = any free port. */
export async function startMailCatcher(options: MailCatcherOptions): Promise<MailCatcher> {
  const { file } = options;
  let mails: Mail[] =
    file && existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map(parse) : [];
  const messages = (to?: string) =>
    mails.filter((mail) => !to || mail.to.includes(to.toLowerCase())).reverse();

  const accept = (caught: SesMail): number => {
    const mail = { id: (mails.at(-1)?.id ?? 0) + 1, ...caught, receivedAt: new Date().toISOString() };
    mails.push(mail);
    if (file) appendFileSync(file, `${JSON.stringify(mail)}\n`);
    options.onMail?.(mail);
    return mail.id;
  };

  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (_auth, _session, callback) => callback(null, { user: 'anyone' }),
    onData: (stream, session, callback) => {
      simpleParser(stream).then((parsed) => {
        accept({
          to: session.envelope.rcptTo.map(({ address }) => address.toLowerCase()),
          from: parsed.from?.text ?? '',
          subject: parsed.subject ?? '',
          text: parsed.text ?? '',
          html: parsed.html || '',
        });
        callback();
      }, callback);
    },
  });
  smtp.on('error', () => undefined); // a client that hangs up is no reason to stop

  const http = createServer((request, response) => {
    answerSes(request, response, accept).then(
      (isAnswered) => isAnswered || answerPage(request, response),
      () => response.destroy(),
    );
  });

  const answerPage = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const id = /^\/api\/messages\/(\d+)$/.exec(url.pathname)?.[1];
    if (url.pathname === '/api/messages' && request.method === 'DELETE') {
      mails = [];
      if (file) rmSync(file, { force: true });
      return json(response, 200, { success: true });
    }
    if (url.pathname === '/api/messages')
      return json(response, 200, messages(url.searchParams.get('to') ?? undefined));
    if (id) {
      const mail = mails.find((candidate) => candidate.id === Number(id));
      return json(response, mail ? 200 : 404, mail ?? { message: 'no such mail' });
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(renderMailPage(messages(), url.searchParams.get('id')));
  };

  await new Promise<void>((resolve, reject) => {
    smtp.server.once('error', reject);
    smtp.listen(options.smtpPort, '127.0.0.1', resolve);
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(options.httpPort, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(http.address(), options.httpPort)}`,
    smtpPort: portOf(smtp.server.address(), options.smtpPort),
    messages,
    close: async () => {
      http.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => smtp.close(resolve)),
        new Promise((resolve) => http.close(resolve)),
      ]);
    },
  };
}

function parse(line: string): Mail {
  return JSON.parse(line) as Mail;
}

function portOf(address: string | { port: number } | null, otherwise: number): number {
  return address && typeof address === 'object' ? address.port : otherwise;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
