import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import { type RepairDriftDeps, repairDrift } from '../use-cases/repair-drift';
import { renderDrift } from './render-drift';

export const handleRepairDrift =
  (deps: RepairDriftDeps): HandlerOf<PaymentContract['repairDrift']> =>
  async ({ params }) => {
    const { drift, reason } = await repairDrift(deps, params.id);
    return {
      body: {
        success: true,
        drift: renderDrift(drift, deps.now()),
        resolved: drift.resolvedAt !== null,
        reason,
      },
    };
  };
