import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashFolder } from '../../local/reload/rebundle';
import { watchSources } from '../../local/reload/watch-sources';

const newFolder = () => mkdtempSync(join(tmpdir(), 'tandem-watch-'));

describe('watching sources', () => {
  test('a burst of writes is one change; other files do not count', async () => {
    const root = newFolder();
    mkdirSync(join(root, 'services', 'auth'), { recursive: true });
    const bursts: string[][] = [];
    const watcher = watchSources(
      root,
      ['services', 'missing'],
      async (files) => void bursts.push(files.sort()),
    );
    await sleep(50);

    writeFileSync(join(root, 'services', 'auth', 'api.ts'), '1');
    writeFileSync(join(root, 'services', 'auth', 'api.ts'), '2');
    writeFileSync(join(root, 'services', 'auth', '.api.ts.swp'), '2');
    writeFileSync(join(root, 'services', 'contract.ts'), '1');
    await sleep(400);
    watcher.close();

    expect(bursts).toEqual([[join('services', 'auth', 'api.ts'), join('services', 'contract.ts')]]);
  });

  test('changes during the work are taken up after it', async () => {
    const root = newFolder();
    mkdirSync(join(root, 'shared'));
    let running = 0;
    let most = 0;
    const seen: string[] = [];
    const watcher = watchSources(root, ['shared'], async (files) => {
      running += 1;
      most = Math.max(most, running);
      seen.push(...files);
      await sleep(250);
      running -= 1;
    });
    await sleep(50);

    writeFileSync(join(root, 'shared', 'a.ts'), '');
    await sleep(180);
    writeFileSync(join(root, 'shared', 'b.ts'), '');
    await sleep(700);
    watcher.close();

    expect(most).toBe(1);
    expect(seen).toEqual([join('shared', 'a.ts'), join('shared', 'b.ts')]);
  });

  test('saving by renaming over the old file is seen every time, and so are new folders', async () => {
    const root = newFolder();
    mkdirSync(join(root, 'services'));
    const seen: string[][] = [];
    const watcher = watchSources(root, ['services'], async (files) => void seen.push(files));
    const save = async (...path: string[]) => {
      const file = join(root, 'services', ...path);
      writeFileSync(`${file}~`, String(seen.length));
      renameSync(`${file}~`, file);
      await sleep(200);
    };
    await sleep(50);

    await save('api.ts');
    await save('api.ts');
    mkdirSync(join(root, 'services', 'new'));
    await sleep(50);
    await save('new', 'api.ts');
    watcher.close();

    expect(seen).toEqual([
      [join('services', 'api.ts')],
      [join('services', 'api.ts')],
      [join('services', 'new', 'api.ts')],
    ]);
  });

  test('a folder is known by names and contents', () => {
    const make = (name: string, text: string) => {
      const folder = newFolder();
      mkdirSync(join(folder, 'node_modules'));
      writeFileSync(join(folder, 'node_modules', name), text);
      return hashFolder(folder);
    };

    expect(make('a.js', 'x')).toBe(make('a.js', 'x'));
    expect(make('a.js', 'x')).not.toBe(make('b.js', 'x'));
    expect(make('a.js', 'x')).not.toBe(make('a.js', 'y'));
  });
});
