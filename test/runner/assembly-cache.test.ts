import { existsSync, mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeOnce, useAssembly } from '../../local/assembly/assembly-cache';
import { cacheFolder } from '../../local/assembly/cache-folder';

const newCache = () => mkdtempSync(join(tmpdir(), 'tandem-cache-'));

function complete(cache: string, name: string, ageSeconds: number): string {
  const dir = join(cache, name);
  mkdirSync(dir);
  writeFileSync(join(dir, 'manifest.json'), '{}');
  const time = new Date(Date.now() - ageSeconds * 1000);
  utimesSync(dir, time, time);
  return dir;
}

test('assemblies are kept beside the sources, or beside the state where those may not be written to', () => {
  const [clone, state] = [newCache(), newCache()];
  const file = join(clone, 'file');
  writeFileSync(file, '');

  expect(cacheFolder(clone, state)).toBe(join(clone, '.tandem', 'assembly'));
  expect(cacheFolder(file, state)).toBe(join(state, 'assembly'));
});

describe('cache of assemblies', () => {
  test('two who want the same make it once', async () => {
    const cache = newCache();
    const dir = join(cache, 'abc');
    let made = 0;
    const make = async () => {
      made += 1;
      await sleep(150);
      complete(cache, 'abc', 0);
    };

    await Promise.all([makeOnce(dir, make), makeOnce(dir, make)]);

    expect(made).toBe(1);
  });

  test('a failure is told, and the next one tries again', async () => {
    const cache = newCache();
    const dir = join(cache, 'abc');

    await expect(makeOnce(dir, async () => Promise.reject(new Error('no template')))).rejects.toThrow(
      'no template',
    );
    await makeOnce(dir, async () => void complete(cache, 'abc', 0));

    expect(existsSync(dir)).toBe(true);
  });

  test.each([
    ['a process that died', '999999999'],
    ['a process whose id another one has by now', `${process.ppid} 1`],
    ['a process that had no room to write it', ''],
  ])('the claim of %s does not hold anybody up', async (_whose, mark) => {
    const cache = newCache();
    const dir = join(cache, 'abc');
    writeFileSync(`${dir}.claim`, mark);

    await makeOnce(dir, async () => void complete(cache, 'abc', 0));

    expect(existsSync(`${dir}.claim`)).toBe(false);
  });

  test('old ones go, but never one that somebody runs', () => {
    const cache = newCache();
    const running = complete(cache, 'running', 9000);
    mkdirSync(`${running}.users`);
    writeFileSync(join(`${running}.users`, String(process.ppid)), '');
    const dead = complete(cache, 'dead', 8000);
    mkdirSync(`${dead}.users`);
    writeFileSync(join(`${dead}.users`, '999999999'), '');
    for (const index of [1, 2, 3, 4]) complete(cache, `unused${index}`, index);
    const mine = complete(cache, 'mine', 9999);

    useAssembly(cache, mine);

    expect(existsSync(running)).toBe(true);
    expect(existsSync(mine)).toBe(true);
    expect(existsSync(dead)).toBe(false);
    expect(existsSync(join(cache, 'unused4'))).toBe(true);
  });
});
