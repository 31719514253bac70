/** Requests that come through: how many each second, and how many at once on top. */
export type Throttle = { readonly ratePerSecond: number; readonly burst: number };

/** Everything that differs between the stages. What is the same everywhere stands where it is used. */
export type StageConfig = {
  readonly name: StageName;
  /** Whether queues, secrets and logs outlive their stack, and the stateful stack refuses to be deleted. */
  readonly keepsData: boolean;
  /** Which of the payment providers' two worlds the stage lives in. */
  readonly providerMode: 'live' | 'test';
  /**
   * Where people use the product. Its origin may call the API from a browser, with cookies. Under `.example` = not known
   * yet: the stage cannot be deployed.
   */
  readonly siteUrl: string;
  /**
   * Where else people may be sent after signing in: exact addresses, or ending in `/*` for all below. Supabase Auth has a list
   * of its own, which must allow `<siteUrl>/api/auth/callback` (docs/auth.md).
   */
  readonly redirectUrls: readonly string[];
  /** X-Ray for the API: which requests came through, and how long their function took. */
  readonly tracing: boolean;
  /** Days that log lines are kept. */
  readonly logRetentionDays: 7 | 30 | 365;
  /** MB for each function. CPU, and so the cold start, grows with it. At least 256. */
  readonly memoryMb: number;
  /** Of each method of the API. */
  readonly throttle: Throttle;
  /** Of deliveries by providers, which repeat what they are refused: a storm of them leaves instances for customers. */
  readonly webhookThrottle: Throttle;
  /** Requests from one address within five minutes before the firewall turns it away. */
  readonly firewallRate: number;
  /** Multiplies every rate limit of the contracts, for load tests; 1 where real money moves, or the functions do not start. */
  readonly rateLimitFactor: number;
  /** Milliseconds, at whole multiples of which sign-ins are refused: longer than Supabase takes to compare a password (docs/enumeration.md). */
  readonly signInStepMs: number;
  /** Batches that the reconciler works on at a time; at least 2. Each holds one database connection. */
  readonly reconcileConcurrency: number;
  /** Instances set aside for each API function; unset = the account's common pool. */
  readonly reservedConcurrency: number | undefined;
  /** Whom mails to customers come from, `Name <address>`, at a domain that SES has verified. Under `.example` as above. */
  readonly mailSender: string;
  /** Who gets the alarms. Unset = nobody, until somebody subscribes to the topic. */
  readonly alarmEmail: string | undefined;
};

export const STAGE_NAMES = ['dev', 'staging', 'production'] as const;

export type StageName = (typeof STAGE_NAMES)[number];

const dev: StageConfig = {
  name: 'dev',
  keepsData: false,
  providerMode: 'test',
  siteUrl: 'http://127.0.0.1:4000',
  redirectUrls: [],
  tracing: false,
  logRetentionDays: 7,
  memoryMb: 512,
  throttle: { ratePerSecond: 50, burst: 100 },
  webhookThrottle: { ratePerSecond: 20, burst: 40 },
  firewallRate: 2_000,
  rateLimitFactor: 1,
  signInStepMs: 300,
  reconcileConcurrency: 2,
  reservedConcurrency: undefined, // a new account has ten instances in all, none of which may be reserved
  mailSender: 'Tandem <no-reply@tandem.test>', // nobody can verify that domain: no mail leaves a stage to try things out
  alarmEmail: undefined,
};

const staging: StageConfig = {
  ...dev,
  name: 'staging',
  siteUrl: 'https://staging.tandem.example',
  mailSender: 'Tandem <no-reply@staging.tandem.example>',
  tracing: true,
  logRetentionDays: 30,
  memoryMb: 1_024,
  reconcileConcurrency: 5,
};

const production: StageConfig = {
  ...staging,
  name: 'production',
  keepsData: true,
  providerMode: 'live',
  siteUrl: 'https://tandem.example',
  mailSender: 'Tandem <no-reply@tandem.example>',
  logRetentionDays: 365,
  throttle: { ratePerSecond: 500, burst: 1_000 },
  webhookThrottle: { ratePerSecond: 200, burst: 400 },
  reconcileConcurrency: 10,
  reservedConcurrency: 100,
};

const STAGES: Readonly<Record<StageName, StageConfig>> = { dev, staging, production };

/** What `-c name=value` may set from outside, so that a fork needs no change here. */
export type StageOverrides = {
  readonly siteUrl?: unknown;
  readonly alarmEmail?: unknown;
  readonly mailSender?: unknown;
};

/**
 * The configuration of a stage.
 *
 * @param name from `cdk -c stage=...`; unset = dev
 * @param overrides from `cdk -c siteUrl=... -c alarmEmail=... -c mailSender=...`; empty = unset, as a pipeline passes on what it has not
 * @throws Error for an unknown stage, and for an override that cannot be meant
 */
export function stageConfig(name: unknown = 'dev', overrides: StageOverrides = {}): StageConfig {
  const stage = STAGE_NAMES.find((known) => known === name);
  if (stage === undefined) {
    throw new Error(`Unknown stage "${String(name)}": choose -c stage=${STAGE_NAMES.join(', -c stage=')}`);
  }
  const config = STAGES[stage];
  return {
    ...config,
    siteUrl: isGiven(overrides.siteUrl) ? readSiteUrl(overrides.siteUrl, config) : config.siteUrl,
    alarmEmail: isGiven(overrides.alarmEmail) ? readEmail(overrides.alarmEmail) : config.alarmEmail,
    mailSender: isGiven(overrides.mailSender) ? readSender(overrides.mailSender) : config.mailSender,
  };
}

/** Whether an address is one that nobody can have: it stands for one that is not known yet. */
export const isPlaceholder = (siteUrl: string): boolean => new URL(siteUrl).hostname.endsWith('.example');

/** The domain of `Name <address>` or of an address alone. */
export const domainOfSender = (sender: string): string => /@([^\s<>@]+)>?$/.exec(sender)?.[1] ?? '';

const isGiven = (value: unknown): boolean => value !== undefined && value !== '';

/** Money does not go over a line that anybody can read. */
function readSiteUrl(value: unknown, { providerMode }: StageConfig): string {
  const url = URL.canParse(String(value)) ? new URL(String(value)) : undefined;
  const protocols = providerMode === 'live' ? ['https:'] : ['https:', 'http:'];
  if (!url || !protocols.includes(url.protocol)) {
    throw new Error(`siteUrl must be a ${protocols.join(' or ')} address, not "${String(value)}"`);
  }
  return url.href.replace(/\/$/, '');
}

function readEmail(value: unknown): string {
  if (!/^\S+@\S+$/.test(String(value))) throw new Error(`alarmEmail "${String(value)}" is not an address`);
  return String(value);
}

function readSender(value: unknown): string {
  if (!/^(?:[^<>@\r\n]{1,100} <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(String(value)))
    throw new Error(`mailSender must be an address or "Name <address>", not "${String(value)}"`);
  return String(value);
}
