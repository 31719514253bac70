import { readAwsAccess } from '#shared/config/aws-access';
import { AwsError, type AwsRequest, awsRequest } from '#shared/config/aws-request';
import type { EnvSource } from '#shared/config/read-env';

const TIMEOUT_MS = 2_000;
const ATTEMPTS = 3;

/** Of what Secrets Manager keeps of a secret: the newest value, and the one that it took the place of. */
export type SecretVersion = 'AWSCURRENT' | 'AWSPREVIOUS';

export type MakeAwsRequest = (source: EnvSource) => AwsRequest;

const toAws: MakeAwsRequest = (env) => awsRequest(readAwsAccess(env));

/**
 * The environment with the function's secrets laid over it. `SECRET_ARNS` names them, comma-separated; each is a JSON
 * object of environment names. Where `SECRET_ARNS` is not set, the environment already holds everything. liveEnv reads them
 * again while the function runs.
 *
 * @throws Error that names the secret, never its content; AwsError
 */
export const withSecrets = async (source: EnvSource, request: MakeAwsRequest = toAws): Promise<EnvSource> => {
  const arns = arnsIn(source);
  if (arns.length === 0) return source;
  const send = request(source);
  const secrets = await Promise.all(arns.map((arn) => readSecret(send, arn, 'AWSCURRENT')));
  return Object.assign({}, source, ...secrets);
};

/**
 * The same with the values that each secret had before its last change; what has none before has the newest.
 *
 * @throws as withSecrets
 */
export const withPreviousSecrets = async (
  source: EnvSource,
  request: MakeAwsRequest = toAws,
): Promise<EnvSource> => {
  const arns = arnsIn(source);
  if (arns.length === 0) return source;
  const send = request(source);
  const before = await Promise.all(
    arns.map((arn) => readSecret(send, arn, 'AWSPREVIOUS').catch(nothingIfAbsent)),
  );
  return Object.assign({}, await withSecrets(source, request), ...before);
};

const arnsIn = (source: EnvSource): readonly string[] =>
  (source.SECRET_ARNS ?? '').split(',').filter((arn) => arn !== '');

const nothingIfAbsent = (error: unknown): Record<string, string> => {
  if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return {};
  throw error;
};

const readSecret = async (
  send: AwsRequest,
  arn: string,
  version: SecretVersion,
): Promise<Record<string, string>> => {
  const { SecretString: text } = await send({
    service: 'secretsmanager',
    target: 'secretsmanager.GetSecretValue',
    jsonVersion: '1.1',
    // The newest is what is meant where nothing is said.
    input: { SecretId: arn, ...(version === 'AWSPREVIOUS' && { VersionStage: version }) },
    timeoutMs: TIMEOUT_MS,
    attempts: ATTEMPTS,
  });
  const value = parse(text);
  if (value === null) throw new Error(`Secret ${arn} is not a JSON object of strings`);
  return value;
};

const parse = (text: unknown): Record<string, string> | null => {
  try {
    const value: unknown = JSON.parse(String(text));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    const entries = Object.entries(value);
    return entries.every(([, item]) => typeof item === 'string') ? Object.fromEntries(entries) : null;
  } catch {
    // The parser's message quotes the text.
    return null;
  }
};
