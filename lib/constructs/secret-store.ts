import type { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { SECRET_NAMES, SECRETS, type SecretName } from '../secret-catalogue';

/** The metadata of a secret under which its template lists the keys that its JSON object takes. */
export const SECRET_KEYS_METADATA = 'tandem:keys';

/**
 * The secrets of the catalogue. Each is made with one and the same generated placeholder, which an operator replaces by a
 * JSON object of its keys. Never with the keys themselves: CloudFormation writes a value anew when its template changes, and
 * a key more in a later version would wipe what operators put in. The keys are metadata, which changes nothing.
 */
export class SecretStore extends Construct {
  private readonly secrets: ReadonlyMap<SecretName, Secret>;

  constructor(scope: Construct, id: string, { removalPolicy }: { readonly removalPolicy: RemovalPolicy }) {
    super(scope, id);
    this.secrets = new Map(
      SECRET_NAMES.map((name) => {
        const { description, keys } = SECRETS[name];
        const secret = new Secret(this, name, {
          description,
          removalPolicy,
          generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'PLACEHOLDER' },
        });
        (secret.node.defaultChild as CfnSecret).addMetadata(SECRET_KEYS_METADATA, keys);
        return [name, secret];
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
