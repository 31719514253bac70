import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { readAwsAccess } from '#shared/config/aws-access';
import { AwsError, awsRequest } from '#shared/config/aws-request';
import { withSecrets } from '#shared/config/secrets';
import { isAppError } from '#shared/errors/app-error';
import { messageSender } from '#shared/queue/send-message';
import { type AwsStub, expectedSignature, startAwsStub } from '../support/aws-stub';

const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/123456789012/events';
const SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

let aws: AwsStub;
let env: Record<string, string>;

beforeEach(async () => {
  aws = await startAwsStub();
  env = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    AWS_SESSION_TOKEN: 'session/token==',
    AWS_ENDPOINT_URL_SQS: aws.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
  };
});
afterEach(() => aws.close());

const pauses: number[] = [];
const pause = async (ms: number): Promise<void> => void pauses.push(ms);
const sender = () => messageSender(awsRequest(readAwsAccess(env), pause), QUEUE);

describe('SendMessage', () => {
  it('asks for what the official client asks for', async () => {
    await sender()({ hello: 'wörld' });
    const official = new SQSClient({
      endpoint: aws.url,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET_KEY },
      md5: false,
    });
    await official.send(new SendMessageCommand({ QueueUrl: QUEUE, MessageBody: '{"hello":"wörld"}' }));
    official.destroy();
    const [ours, theirs] = aws.requests;
    for (const name of ['x-amz-target', 'content-type', 'content-length', 'host']) {
      expect([name, ours?.headers[name]]).toEqual([name, theirs?.headers[name]]);
    }
    expect([ours?.path, JSON.parse(ours?.body ?? '')]).toEqual([
      theirs?.path,
      JSON.parse(theirs?.body ?? ''),
    ]);
  });

  it('is signed for the region and service, session token included', async () => {
    await sender()({ hello: 'wörld' });
    const [request] = aws.requests;
    if (request === undefined) throw new Error('no request');
    const { authorization } = request.headers;
    expect(authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/sqs\/aws4_request, /,
    );
    expect(authorization).toMatch(
      /SignedHeaders=[a-z0-9;-]*content-type;host;x-amz-date;x-amz-security-token;x-amz-target/,
    );
    expect(authorization).toContain(`Signature=${expectedSignature(request, SECRET_KEY)}`);
  });

  it('uses one connection for many messages', async () => {
    const send = sender();
    for (let n = 0; n < 5; n += 1) await send({ n });
    expect(aws.connections()).toBe(1);
  });

  it('writes the two characters that SQS refuses as escapes', async () => {
    await sender()({ text: 'a\uffffb\ufffec' });
    const { MessageBody } = JSON.parse(aws.requests[0]?.body ?? '');
    expect(MessageBody).toBe('{"text":"a\\uffffb\\ufffec"}');
    expect(JSON.parse(MessageBody)).toEqual({ text: 'a\uffffb\ufffec' });
  });

  it.each([
    ['a lost connection', 'cut' as const],
    ['a 500', { status: 500, body: { __type: 'InternalFailure' } }],
    ['a 503 that is no JSON', { status: 503, body: '<html>' }],
    ['throttling', { status: 400, body: { __type: 'com.amazonaws.sqs#ThrottlingException' } }],
  ])('is tried again after %s', async (_, answer) => {
    pauses.length = 0;
    aws.answers.push(answer, answer);
    await sender()({});
    expect([aws.requests.length, pauses]).toEqual([3, [50, 100]]);
  });

  it('gives up after three attempts, as queue_unavailable', async () => {
    aws.otherwise = { status: 500 };
    const error: unknown = await sender()({}).catch((thrown: unknown) => thrown);
    expect(isAppError(error, 'queue_unavailable')).toBe(true);
    expect(aws.requests).toHaveLength(3);
  });

  it.each([
    [
      'a refusal',
      { status: 400, body: { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'secret' } },
    ],
    ['a denial', { status: 403, body: { __type: 'AccessDeniedException' } }],
  ])('does not repeat %s', async (_, answer) => {
    aws.otherwise = answer;
    await expect(sender()({})).rejects.toMatchObject({ code: 'queue_unavailable' });
    expect(aws.requests).toHaveLength(1);
  });

  it('does not take a 200 without a message id for a confirmation', async () => {
    aws.otherwise = { status: 200, body: {} };
    await expect(sender()({})).rejects.toMatchObject({ code: 'queue_unavailable' });
  });

  it('waits for an answer no longer than it says', async () => {
    aws.otherwise = 'hang';
    const call = awsRequest(
      readAwsAccess(env),
      pause,
    )({
      service: 'sqs',
      target: 'AmazonSQS.SendMessage',
      jsonVersion: '1.0',
      input: {},
      timeoutMs: 50,
      attempts: 2,
    });
    await expect(call).rejects.toThrow('timed out');
    expect(aws.requests).toHaveLength(2);
  });

  it('keeps AWS’s words out of its error, since they can quote what was sent', async () => {
    aws.otherwise = { status: 400, body: { __type: 'X#InvalidMessageContents', message: 'secret' } };
    const error: unknown = await awsRequest(readAwsAccess(env))({
      service: 'sqs',
      target: 'AmazonSQS.SendMessage',
      jsonVersion: '1.0',
      input: {},
      timeoutMs: 500,
      attempts: 1,
    }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AwsError);
    expect(String(error)).toBe('AwsError: AmazonSQS.SendMessage: 400 InvalidMessageContents');
  });
});

describe('secrets', () => {
  const ARNS = [
    'arn:aws:secretsmanager:eu-central-1:1:secret:a-AbCdEf',
    'arn:aws:secretsmanager:eu-central-1:1:secret:b-AbCdEf',
  ];
  const secret = (value: unknown) => ({
    body: { SecretString: typeof value === 'string' ? value : JSON.stringify(value) },
  });

  it('are read once each and laid over the environment', async () => {
    aws.otherwise = secret({ STRIPE_WEBHOOK_SECRETS: 'whsec_1', STAGE: 'from the secret' });
    const merged = await withSecrets({
      ...env,
      SECRET_ARNS: ARNS.join(','),
      STAGE: 'from the template',
      SERVICE: 'webhook',
    });
    expect(merged).toMatchObject({
      STRIPE_WEBHOOK_SECRETS: 'whsec_1',
      STAGE: 'from the secret',
      SERVICE: 'webhook',
    });
    expect(aws.requests.map(({ body }) => JSON.parse(body).SecretId).sort()).toEqual(ARNS);
    expect(aws.requests.map(({ headers }) => headers['x-amz-target'])).toEqual(
      Array(2).fill('secretsmanager.GetSecretValue'),
    );
    expect(aws.requests[0]?.headers.authorization).toContain('/eu-central-1/secretsmanager/aws4_request');
  });

  it('are not asked for where none is named', async () => {
    expect(await withSecrets({ STRIPE_WEBHOOK_SECRETS: 'whsec_1' })).toEqual({
      STRIPE_WEBHOOK_SECRETS: 'whsec_1',
    });
    expect(aws.requests).toEqual([]);
  });

  it.each([
    ['no JSON', 'whsec_canary'],
    ['a list', ['whsec_canary']],
    ['values that are no text', { A: { deep: 'whsec_canary' } }],
    ['null', 'null'],
  ])('that hold %s are refused by name, and not quoted', async (_, value) => {
    aws.otherwise = secret(value);
    const error: unknown = await withSecrets({ ...env, SECRET_ARNS: ARNS[0] }).catch(
      (thrown: unknown) => thrown,
    );
    expect(String(error)).toContain('secret:a-AbCdEf');
    expect(String(error)).not.toContain('canary');
  });
});
