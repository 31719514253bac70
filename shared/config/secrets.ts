import { readAwsAccess } from '#shared/config/aws-access';
import { type AwsRequest, awsRequest } from '#shared/config/aws-request';
import type { EnvSource } from '#shared/config/read-env';

const TIMEOUT_MS = 2_000;
const ATTEMPTS = 3;

/**
 * The environment with the function's secrets laid over it. `SECRET_ARNS` names them, comma-separated; each is a JSON
 * object of environment names. Called once per process: a rotated secret reaches a function with its next process. Where
 * `SECRET_ARNS` is not set, the environment already holds everything.
 *
 * @throws Error that names the secret, never its content; AwsError
 */
export const withSecrets = async (
  source: EnvSource,
  request: (source: EnvSource) => AwsRequest = (env) => awsRequest(readAwsAccess(env)),
): Promise<EnvSource> => {
  const arns = (source.SECRET_ARNS ?? '').split(',').filter((arn) => arn !== '');
  if (arns.length === 0) return source;
  const send = request(source);
  const secrets = await Promise.all(arns.map((arn) => readSecret(send, arn)));
  return Object.assign({}, source, ...secrets);
};

const readSecret = async (send: AwsRequest, arn: string): Promise<Record<string, string>> => {
  const { SecretString: text } = await send({
    service: 'secretsmanager',
    target: 'secretsmanager.GetSecretValue',
    jsonVersion: '1.1',
    input: { SecretId: arn },
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
