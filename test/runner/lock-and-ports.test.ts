import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPort } from '../../local/ports/check-port';
import { portsFromEnvironment } from '../../local/ports/ports';
import { lockState, readLock } from '../../local/state/lock';
import { markOf } from '../../local/state/process-mark';
import { readRunFile, writeRunFile } from '../../local/state/run-file';

const newFolder = () => mkdtempSync(join(tmpdir(), 'tandem-state-'));
const info = { pid: process.pid, startedAt: '', urls: {}, keys: {}, users: {} };

async function deadPid(): Promise<number> {
  const child = spawn('true');
  await new Promise((resolve) => child.once('exit', resolve));
  return child.pid ?? 0;
}

describe('lock on the state folder', () => {
  test('is taken once and given back', () => {
    const folder = newFolder();

    const lock = lockState(folder);
    const holder = readLock(folder);
    lock.release();

    expect(holder).toBe(process.pid);
    expect(readLock(folder)).toBeUndefined();
  });

  test('of a living process is respected, and the message names it', () => {
    const folder = newFolder();
    const sleeper = spawn('sleep', ['10']);
    writeFileSync(join(folder, 'lock'), markOf(sleeper.pid ?? 0));

    expect(() => lockState(folder)).toThrow(`process ${sleeper.pid}`);

    sleeper.kill();
  });

  test.each([
    ['of a dead process', async () => String(await deadPid())],
    ['of a process whose id another one has by now', async () => `${process.ppid} 1`],
    ['that says nothing', async () => 'xyz'],
  ])('%s is taken over', async (_which, content) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'lock'), await content());

    const lock = lockState(folder);

    expect(readLock(folder)).toBe(process.pid);
    lock.release();
  });

  test('a folder that cannot be one is refused with the fix', () => {
    const file = join(newFolder(), 'a-file');
    writeFileSync(file, '');

    expect(() => lockState(file)).toThrow(/cannot keep its state in .*Set TANDEM_STATE_DIR/);
  });

  test('what runs is readable while it runs, and only then', () => {
    const folder = newFolder();
    const lock = lockState(folder);
    writeRunFile(folder, info);

    const during = readRunFile(folder);
    lock.release();

    expect(during).toEqual(info);
    expect(readRunFile(folder)).toBeUndefined();
  });
});

describe('ports', () => {
  test('a taken port is named with its process, its purpose and the fix', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = address && typeof address === 'object' ? address.port : 0;

    const failure = await checkPort(port, 'the gateway', 'TANDEM_PORT_GATEWAY').catch(
      (error: Error) => error.message,
    );
    server.close();

    expect(failure).toMatch(
      new RegExp(`^Port ${port} for the gateway is taken by .*\\(process ${process.pid}\\)`),
    );
    expect(failure).toContain(`kill ${process.pid}`);
    expect(failure).toContain('set TANDEM_PORT_GATEWAY to another port');
  });

  test('port 0 and free ports are fine', async () => {
    await expect(checkPort(0, 'x', 'X')).resolves.toBeUndefined();
  });

  test('each port has its variable', () => {
    expect(portsFromEnvironment({ TANDEM_PORT_GATEWAY: '5000' })).toMatchObject({
      gateway: 5000,
      postgres: 54322,
    });
  });
});
