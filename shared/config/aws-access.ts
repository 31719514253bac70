import * as z from 'zod/mini';
import { type EnvSource, readEnv } from '#shared/config/read-env';

/** Who we are to AWS, and where its services answer. */
export interface AwsAccess {
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string | undefined;
  };
  /** Bases other than AWS's own: the local runner's doubles. */
  readonly endpoints: { readonly sqs?: string | undefined; readonly secretsmanager?: string | undefined };
}

const text = z.string().check(z.minLength(1));
const base = z.optional(z.url({ protocol: /^https?$/ }));

const awsEnvSchema = z.object({
  AWS_REGION: text,
  AWS_ACCESS_KEY_ID: text,
  AWS_SECRET_ACCESS_KEY: text,
  AWS_SESSION_TOKEN: z.optional(text),
  AWS_ENDPOINT_URL_SQS: base,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: base,
});

/** Reads the variables that Lambda sets, and the endpoint names that AWS's own SDKs know. */
export const readAwsAccess = (source: EnvSource): AwsAccess => {
  const env = readEnv(awsEnvSchema, source);
  return {
    region: env.AWS_REGION,
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
      sessionToken: env.AWS_SESSION_TOKEN,
    },
    endpoints: {
      sqs: env.AWS_ENDPOINT_URL_SQS,
      secretsmanager: env.AWS_ENDPOINT_URL_SECRETS_MANAGER,
    },
  };
};
