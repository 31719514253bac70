import { type MailCatcher, startMailCatcher } from '../../local/mail/start-mail-catcher';
import { renderMail } from '../../services/notification/domain/render-mail';
import { sesMailer } from '../../services/notification/providers/ses-mailer';

const mail = renderMail(
  { kind: 'payment_disputed', data: { status: 'x' } },
  'en',
  'https://tandem.example.test',
);
const access = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: 'local' },
};

let catcher: MailCatcher;
beforeAll(async () => {
  catcher = await startMailCatcher({ smtpPort: 0, httpPort: 0 });
});
afterAll(() => catcher.close());

test('the mail catcher takes mails as SES does', async () => {
  const send = sesMailer({ access, sender: 'Tandem <no-reply@tandem.test>', endpoint: catcher.url });
  expect(await send('Ada@example.test', mail)).toEqual({ kind: 'accepted', messageId: 'local-1' });
  const expected = {
    id: 1,
    to: ['ada@example.test'],
    from: 'Tandem <no-reply@tandem.test>',
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
  };
  expect(catcher.messages('ada@example.test')).toEqual([expect.objectContaining(expected)]);
  const shown = await fetch(`${catcher.url}/api/messages?to=ada@example.test`);
  expect(await shown.json()).toEqual([expect.objectContaining(expected)]);
});

test.each([
  ['is not signed', {}, '{}', 403],
  ['is not signed for SES', { authorization: 'Credential=a/20260101/eu/sqs/aws4_request' }, '{}', 403],
  ['is no mail', { authorization: 'Credential=a/20260101/eu/ses/aws4_request' }, '{"Content":{}}', 400],
  ['is no JSON', { authorization: 'Credential=a/20260101/eu/ses/aws4_request' }, '{', 400],
])('and refuses what %s', async (_what, headers, body, status) => {
  const before = catcher.messages().length;
  const url = `${catcher.url}/v2/email/outbound-emails`;
  const answer = await fetch(url, { method: 'POST', headers: { ...headers }, body });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('x-amzn-errortype')).toMatch(/Exception$/);
  expect(catcher.messages()).toHaveLength(before);
});
