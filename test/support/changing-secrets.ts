import { startSecretsServer } from '../../local/secrets/start-secrets-server';

type Values = Record<string, string>;

/** A Secrets Manager whose secrets a test changes, as an operator does. */
export interface ChangingSecrets {
  /** What a function needs to read them. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts a new value; the one before becomes AWSPREVIOUS. */
  readonly put: (name: string, value: Values) => void;
  /** How often a secret was asked for. */
  readonly reads: () => number;
  /** Whether the service answers. */
  isUp: boolean;
  readonly close: () => Promise<void>;
}

const arnOf = (name: string): string =>
  `arn:aws:secretsmanager:eu-central-1:000000000000:secret:${name}-AbCdEf`;

export const startChangingSecrets = async (initial: Record<string, Values>): Promise<ChangingSecrets> => {
  const current = new Map(Object.entries(initial).map(([name, value]) => [arnOf(name), value]));
  const previous = new Map<string, Values>();
  let reads = 0;
  const server = await startSecretsServer({
    port: 0,
    secrets: () => {
      reads += 1;
      return secrets.isUp ? current : new Map();
    },
    previous: () => (secrets.isUp ? previous : new Map()),
  });
  const secrets: ChangingSecrets = {
    env: {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url,
      SECRET_ARNS: [...current.keys()].join(','),
    },
    put: (name, value) => {
      const arn = arnOf(name);
      const before = current.get(arn);
      if (before) previous.set(arn, before);
      current.set(arn, value);
    },
    reads: () => reads,
    isUp: true,
    close: () => server.close(),
  };
  return secrets;
};
