import { coldStarts } from './cold-starts';
import { liveLatency } from './live-latency';
import { rateLimitCost } from './rate-limit-cost';
import { reconcileThroughput } from './reconcile-throughput';

const MEASURES = { coldStarts, reconcileThroughput, rateLimitCost, liveLatency };

/**
 * `npm run bench [-- NAME …]`: ratios, both sides measured in one run on one machine. Milliseconds of a shared machine mean little;
 * what is divided by what stands in each line.
 */
const main = async (): Promise<void> => {
  const wanted = process.argv.slice(2);
  for (const [name, measure] of Object.entries(MEASURES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    for (const { what, ratio, detail } of await measure()) {
      process.stdout.write(`${ratio.toFixed(2).padStart(8)}  ${what}  (${detail})\n`);
    }
  }
};

void main();
