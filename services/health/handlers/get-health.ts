import type { HandlerOf } from '#shared/http/request';
import type { healthContract } from '../contract';
import type { Health } from '../use-cases/check-health';

export interface GetHealthDeps {
  readonly checkHealth: () => Promise<Health>;
  /** What is deployed. */
  readonly version: string;
}

export const handleGetHealth =
  ({ checkHealth, version }: GetHealthDeps): HandlerOf<typeof healthContract.getHealth> =>
  async () => {
    const { status, dependencies } = await checkHealth();
    const works = status !== 'unavailable';
    const body = { success: works, status, version, dependencies };
    return works ? { body } : { status: 503, headers: { 'retry-after': '5' }, body };
  };
