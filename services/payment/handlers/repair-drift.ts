import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import { type RepairDriftDeps, repairDrift } from '../use-cases/repair-drift';
import { renderDrift } from './render-drift';

export const handleRepairDrift =
  (deps: RepairDriftDeps): HandlerOf<PaymentContract['repairDrift']> =>
  async ({ params, identity, requestId }) => {
    const actor = { userId: identity.userId, role: 'admin', requestId } as const;
    const { drift, reason } = await repairDrift(deps, { id: params.id, actor });
    return {
      body: {
        success: true,
        drift: renderDrift(drift, deps.now()),
        resolved: drift.resolvedAt !== null,
        reason,
      },
    };
  };
