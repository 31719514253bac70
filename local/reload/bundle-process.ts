/** Bundles on request of its parent, in a process of its own: esbuild's work would hold up every request. */
import type { FunctionName } from '../../lib/function-catalogue';
import { rebundle } from './rebundle';

export type BundleRequest = { root: string; name: FunctionName; bundlesDir: string };
export type BundleReply = { name: FunctionName; folder?: string; error?: string };

process.on('message', ({ root, name, bundlesDir }: BundleRequest) => {
  let reply: BundleReply;
  try {
    reply = { name, folder: rebundle(root, name, bundlesDir) };
  } catch (error) {
    reply = { name, error: error instanceof Error ? error.message : String(error) };
  }
  process.send?.(reply);
});
process.on('disconnect', () => process.exit(0)); // the parent is gone
