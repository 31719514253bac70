import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { startTandem } from '../../local/runner';
import { makeAccounts, PASSWORD } from './make-accounts';
import { ASKER, measureRoutes, ROUTES } from './measure-routes';
import { isAlike, renderMeasured } from './print-timing';
import { timedCall } from './timed-call';

/**
 * `npm run timing -- --samples 2000`: can a stranger tell from an answer, or from how long it took, what account an address
 * has? See docs/enumeration.md. `--routes signin,signup`; `--parallel N`; `--step MS` in place of the configured one;
 * `--without-decoy` to see what it is good for.
 */
const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      samples: { type: 'string', default: '200' },
      parallel: { type: 'string', default: '2' },
      routes: { type: 'string', default: ROUTES.join() },
      step: { type: 'string' },
      'without-decoy': { type: 'boolean', default: false },
    },
  });
  const stateDir = mkdtempSync(join(tmpdir(), 'tandem-timing-'));
  const tandem = await startTandem({
    stateDir,
    durable: false,
    seedUsers: false,
    confirmEmails: true,
    env: {
      RATE_LIMIT_FACTOR: '9999',
      ...(values.step !== undefined && { SIGN_IN_STEP_MS: values.step }),
    },
  });
  const db = new Client({ connectionString: tandem.database?.url() });
  try {
    await db.connect();
    const api = (tandem.info.urls.api ?? '').replace(/\/$/, '');
    const hash = await hashOf(db, api);
    const addresses = await makeAccounts(db, hash, Number(values.samples));
    if (values['without-decoy']) {
      await db.query("delete from auth.users where email = 'nobody@tandem.invalid'");
    }
    await measureRoutes({
      api,
      addresses,
      parallel: Number(values.parallel),
      routes: ROUTES.filter((route) => values.routes.split(',').includes(route)),
      onRoute: (measured) => {
        process.stdout.write(`${renderMeasured(measured)}\n`);
        if (!isAlike(measured)) process.exitCode = 1;
      },
    });
  } finally {
    await db.end();
    await tandem.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
};

/** The hash that the Supabase in use makes of the password, taken from an account that signs up with it. */
const hashOf = async (db: Client, api: string): Promise<string> => {
  const { status } = await timedCall(`${api}/api/auth/signup`, { email: ASKER, password: PASSWORD });
  if (status !== 201) throw new Error(`sign-up answered ${status}`);
  for (let tries = 0; tries < 200; tries += 1) {
    const { rows } = await db.query<{ hash: string }>(
      'update auth.users set email_confirmed_at = now() where email = $1 returning encrypted_password as hash',
      [ASKER],
    );
    if (rows[0] !== undefined) return rows[0].hash;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the mail function made no account');
};

void main();
