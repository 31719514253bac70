/** `npm run demo`: a purchase with each provider, step by step. Uses the running Tandem, or starts one of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { bypassProxy } from './bypass-proxy';
import { formatAmount } from './demo/api-client';
import { walkPurchases } from './demo/walk-purchases';
import { explainError } from './log/explain-error';
import { loadEnvFile, stateDirOf } from './paths';
import { startTandem } from './runner';
import { type RunInfo, readRunFile } from './state/run-file';

const { stdout } = process;
const colour = stdout.isTTY === true && !process.env.NO_COLOR;
const paint = (style: Parameters<typeof styleText>[0], text: string) =>
  colour ? styleText(style, text, { validateStream: false }) : text;
const print = (text: string) => void stdout.write(`${text}\n`);

async function main(): Promise<boolean> {
  loadEnvFile();
  bypassProxy(process.env);
  const running = readRunFile(stateDirOf(process.env));
  if (running) {
    print(`Tandem runs at ${running.urls.api}.\n`);
    return buy(running);
  }
  print(
    'Tandem is not running, so the demo starts one for itself, on free ports and without leaving a trace.\n',
  );
  const stateDir = mkdtempSync(join(tmpdir(), 'tandem-demo-'));
  const starting = startTandem({ stateDir, durable: false, seedUsers: false });
  const stop = async () => {
    const tandem = await starting.catch(() => undefined);
    await tandem?.close();
    rmSync(stateDir, { recursive: true, force: true });
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => void stop().then(() => process.exit(130)));
  try {
    return await buy((await starting).info);
  } finally {
    await stop();
  }
}

/** Answers whether both purchases succeeded. */
async function buy(info: RunInfo): Promise<boolean> {
  const payments = await walkPurchases(info, (what, result) => {
    print(`  ${paint('green', '✓')} ${what.padEnd(38)} ${paint('cyan', result)}`);
  });
  print(`\n${paint('bold', 'History')}`);
  for (const { provider, description, amount, currency, status, id } of payments) {
    const good = status === 'succeeded';
    const columns = [provider.padEnd(8), description.padEnd(24), formatAmount(amount, currency).padStart(10)];
    print(`  ${columns.join(' ')}  ${paint(good ? 'green' : 'red', status)}  ${paint('dim', id)}`);
  }
  const settled = ['stripe', 'paypal'].every((provider) =>
    payments.some((payment) => payment.provider === provider && payment.status === 'succeeded'),
  );
  print(settled ? '\nBoth purchases succeeded.' : '\nNot every purchase succeeded.');
  return settled;
}

main().then(
  (settled) => process.exit(settled ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`\n${explainError(error)}\n`);
    process.exit(1);
  },
);
