import { actorOf } from '#shared/http/actor-of';
import type { HandlerOf } from '#shared/http/request';
import type { PaymentContract } from '../contract';
import { type RepairDriftDeps, repairDrift } from '../use-cases/repair-drift';
import { renderDrift } from './render-drift';

export const handleRepairDrift =
  (deps: RepairDriftDeps): HandlerOf<PaymentContract['repairDrift']> =>
  async ({ params, identity, requestId }) => {
    const { drift, reason } = await repairDrift(deps, { id: params.id, actor: actorOf(identity, requestId) });
    return {
      body: {
        success: true,
        drift: renderDrift(drift, deps.now()),
        resolved: drift.resolvedAt !== null,
        reason,
      },
    };
  };
