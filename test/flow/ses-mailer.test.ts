import { createServer } from 'node:http';
import { listenOnLoopback } from '../../local/ports/listen-on-loopback';
import { renderMail } from '../../services/notification/domain/render-mail';
import { sesMailer } from '../../services/notification/providers/ses-mailer';
import { type AwsStub, expectedSignature, startAwsStub } from '../support/aws-stub';

const access = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' },
};
const mail = renderMail(
  { kind: 'payment_disputed', data: { status: 'needs_response' } },
  'de',
  'https://tandem.example.test',
);

let ses: AwsStub;
beforeEach(async () => {
  ses = await startAwsStub();
});
afterEach(() => ses.close());

const send = (endpoint = ses.url, timeoutMs = 2_000) =>
  sesMailer({ access, sender: 'Tandem <no-reply@tandem.example>', endpoint, timeoutMs })(
    'ada@example.test',
    mail,
  );

test('asks SES once, signed, for a mail as text and as HTML', async () => {
  ses.answers.push({ body: { MessageId: '0100-1' } });
  expect(await send()).toEqual({ kind: 'accepted', messageId: '0100-1' });
  const [request] = ses.requests;
  if (request === undefined) throw new Error('nothing was asked');
  expect(request.path).toBe('/v2/email/outbound-emails');
  expect(request.headers.authorization).toContain('/eu-central-1/ses/aws4_request');
  expect(request.headers.authorization).toContain(`Signature=${expectedSignature(request, 'secret')}`);
  expect(JSON.parse(request.body)).toEqual({
    FromEmailAddress: 'Tandem <no-reply@tandem.example>',
    Destination: { ToAddresses: ['ada@example.test'] },
    Content: {
      Simple: {
        Subject: { Data: mail.subject, Charset: 'UTF-8' },
        Body: { Text: { Data: mail.text, Charset: 'UTF-8' }, Html: { Data: mail.html, Charset: 'UTF-8' } },
        Headers: [
          { Name: 'Auto-Submitted', Value: 'auto-generated' },
          { Name: 'List-Unsubscribe', Value: '<https://tandem.example.test/settings/notifications>' },
        ],
      },
    },
  });
});

test.each([
  [429, 'TooManyRequestsException', 'later'],
  [400, 'SendingPausedException', 'later'],
  [400, 'LimitExceededException:http://internal.amazon.com/coral/', 'later'],
  [403, 'ExpiredTokenException', 'later'],
  [400, 'MessageRejected', 'refused'],
  [400, 'BadRequestException', 'refused'],
  [500, 'InternalFailure', 'unknown'],
  [503, 'ServiceUnavailable', 'unknown'],
] as const)('takes %d %s for %s', async (status, type, kind) => {
  ses.answers.push({
    status,
    headers: { 'x-amzn-errortype': type },
    body: { message: 'ada@example.test is odd' },
  });
  const outcome = await send();
  expect(outcome).toEqual({ kind, code: `ses.SendEmail ${status} ${type.split(':')[0]}` });
  expect(ses.requests).toHaveLength(1);
});

test('does not know of a mail whose answer is lost, and does not ask again', async () => {
  ses.answers.push('cut', 'hang');
  expect(await send()).toEqual({ kind: 'unknown', code: 'ECONNRESET' });
  expect(await send(ses.url, 200)).toMatchObject({ kind: 'unknown' });
  expect(ses.requests).toHaveLength(2);
});

test('knows that a mail was not sent where nobody listens', async () => {
  const server = createServer();
  const port = await listenOnLoopback(server, 0);
  await new Promise((done) => server.close(done));
  expect(await send(`http://127.0.0.1:${port}`)).toEqual({ kind: 'later', code: 'ECONNREFUSED' });
});

test('opens a connection for each mail: one that was kept might be closed while it is written to', async () => {
  await send();
  await send();
  expect(ses.connections()).toBe(2);
});
