import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { FunctionName } from '../../lib/function-catalogue';
import type { BundleReply, BundleRequest } from './bundle-process';

export type Bundler = {
  /**
   * Bundles a function as the CDK does.
   *
   * @returns the folder, named by its content
   * @throws Error with the words of esbuild
   */
  bundle: (name: FunctionName) => Promise<string>;
  close: () => void;
};

/** A bundler in a process of its own, which starts with the first bundle. */
export function startBundler(root: string, bundlesDir: string): Bundler {
  let child: ChildProcess | undefined;
  const waiting = new Map<FunctionName, (reply: BundleReply) => void>();

  const start = (): ChildProcess => {
    const started = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'bundle-process.ts')], {
      cwd: root,
      detached: true, // Ctrl-C reaches the runner alone
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    started.on('message', (message) => {
      const reply = message as BundleReply;
      waiting.get(reply.name)?.(reply);
      waiting.delete(reply.name);
    });
    started.once('exit', () => {
      child = undefined;
      for (const [name, answer] of waiting) answer({ name, error: 'the bundler ended' });
      waiting.clear();
    });
    return started;
  };

  return {
    bundle: async (name) => {
      child ??= start();
      const request: BundleRequest = { root, name, bundlesDir };
      const { promise, resolve } = Promise.withResolvers<BundleReply>();
      waiting.set(name, resolve);
      child.send(request);
      const { folder, error } = await promise;
      if (folder === undefined) throw new Error(error);
      return folder;
    },
    close: () => void child?.kill(),
  };
}
