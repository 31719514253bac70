import type { HttpService } from '#shared/http/http-handler';
import { healthContract } from './contract';
import { handleGetHealth } from './handlers/get-health';
import { type CheckHealthOptions, makeCheckHealth } from './use-cases/check-health';

export interface HealthParts extends CheckHealthOptions {
  readonly version: string;
}

/** Puts the service together from its probes and a clock. */
export const wireService = (parts: HealthParts): HttpService<typeof healthContract> => ({
  contract: healthContract,
  handlers: {
    getHealth: handleGetHealth({ checkHealth: makeCheckHealth(parts), version: parts.version }),
  },
  authenticate: async () => null,
  allowedOrigins: [],
});
