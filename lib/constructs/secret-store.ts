import { type RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { SECRET_NAMES, SECRETS, type SecretName } from '../secret-catalogue';

/**
 * The secrets of the catalogue. Each is made as a placeholder: a JSON object with its keys and empty values, which an
 * operator fills in. Functions read an empty value as none.
 */
export class SecretStore extends Construct {
  private readonly secrets: ReadonlyMap<SecretName, Secret>;

  constructor(scope: Construct, id: string, { removalPolicy }: { readonly removalPolicy: RemovalPolicy }) {
    super(scope, id);
    this.secrets = new Map(
      SECRET_NAMES.map((name) => {
        const { description, keys } = SECRETS[name];
        const placeholder = Object.fromEntries(keys.map((key) => [key, SecretValue.unsafePlainText('')]));
        return [name, new Secret(this, name, { description, removalPolicy, secretObjectValue: placeholder })];
      }),
    );
  }

  /** Lets a function read these secrets and tells it which they are. */
  grantRead(fn: LambdaFunction, names: readonly SecretName[]): void {
    const resources = names.map((name) => this.arnOf(name));
    fn.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources }));
    fn.addEnvironment('SECRET_ARNS', resources.join(','));
  }

  private arnOf(name: SecretName): string {
    const secret = this.secrets.get(name);
    if (!secret) throw new Error(`There is no secret ${name}`);
    return secret.secretArn;
  }
}
