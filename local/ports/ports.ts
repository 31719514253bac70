/** The ports of the local stack; Supabase's are those of the Supabase CLI. */
export type Ports = {
  gateway: number;
  postgres: number;
  supabase: number;
  mail: number;
  smtp: number;
  queue: number;
  secrets: number;
  stripe: number;
  paypal: number;
};

export const DEFAULT_PORTS: Ports = {
  gateway: 4000,
  postgres: 54322,
  supabase: 54321,
  mail: 54324,
  smtp: 54325,
  queue: 4566,
  secrets: 4567,
  stripe: 12111,
  paypal: 12112,
};

/** For tests: every part takes any free port, so that many stacks run side by side. */
export const FREE_PORTS: Ports = {
  gateway: 0,
  postgres: 0,
  supabase: 0,
  mail: 0,
  smtp: 0,
  queue: 0,
  secrets: 0,
  stripe: 0,
  paypal: 0,
};

/** What a port is for, in messages. */
export const PORT_PURPOSES: Record<keyof Ports, string> = {
  gateway: 'the gateway',
  postgres: 'Postgres',
  supabase: 'Supabase',
  mail: 'the mail page',
  smtp: 'the mail catcher',
  queue: 'SQS',
  secrets: 'Secrets Manager',
  stripe: 'the Stripe double',
  paypal: 'the PayPal double',
};

/** `gateway` -> `TANDEM_PORT_GATEWAY` */
export const portVariable = (name: keyof Ports): string => `TANDEM_PORT_${name.toUpperCase()}`;

/**
 * The usual ports, each replaceable by its environment variable.
 *
 * @throws Error that names the variable which is no port
 */
export function portsFromEnvironment(env: Record<string, string | undefined>): Ports {
  const ports = { ...DEFAULT_PORTS };
  for (const name of Object.keys(ports) as (keyof Ports)[]) {
    const value = env[portVariable(name)];
    if (value === undefined || value === '') continue;
    if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) {
      throw new Error(`${portVariable(name)} must be a port from 0 to 65535, not "${value}".`);
    }
    ports[name] = Number(value);
  }
  return ports;
}
