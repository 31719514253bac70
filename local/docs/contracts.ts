import type { Contract } from '#shared/kernel/route';
import { authContract } from '../../services/auth/contract';
import { filesContract } from '../../services/files/contract';
import { healthContract } from '../../services/health/contract';
import { paymentContract } from '../../services/payment/contract';
import { webhookContract } from '../../services/webhook/contract';

export type ServiceName = 'auth' | 'payment' | 'webhook' | 'files' | 'health';

/** Every service's contract: all routes there are. */
export const CONTRACTS: Readonly<Record<ServiceName, Contract>> = {
  auth: authContract,
  payment: paymentContract,
  webhook: webhookContract,
  files: filesContract,
  health: healthContract,
};
