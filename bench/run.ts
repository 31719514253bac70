import { coldStarts } from './cold-starts';
import { rateLimitCost } from './rate-limit-cost';
import { reconcileThroughput } from './reconcile-throughput';

/**
 * `npm run bench`: ratios, both sides measured in one run on one machine. Milliseconds of a shared machine mean little;
 * what is divided by what stands in each line.
 */
const main = async (): Promise<void> => {
  for (const measure of [coldStarts, reconcileThroughput, rateLimitCost]) {
    for (const { what, ratio, detail } of await measure()) {
      process.stdout.write(`${ratio.toFixed(2).padStart(8)}  ${what}  (${detail})\n`);
    }
  }
};

void main();
