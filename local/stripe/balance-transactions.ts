import type { LedgerEntry } from '../doubles/control';
import type { StoredBalanceTransaction } from './stored-objects';
import type { World } from './world';

/** What a card charge costs: 2.9 % (half up) and 30 of the currency's unit. */
export function chargeFee(amount: number): number {
  return Math.floor((amount * 29 + 500) / 1000) + 30;
}

interface Movement {
  type: StoredBalanceTransaction['type'];
  reportingCategory: string;
  /** Positive = to us. */
  amount: number;
  fee: number;
  feeDescription?: string;
  currency: string;
  description: string | null;
  /** Id of the charge, refund, dispute or payout. */
  source: string;
}

const daysUntilAvailable = 2;

/** Books a movement on the account's balance. */
export function bookBalance(world: World, movement: Movement): StoredBalanceTransaction {
  const { amount, fee, currency } = movement;
  const created = world.nowSeconds();
  return world.store.balanceTransactions.put({
    id: world.newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: created + daysUntilAvailable * 86_400,
    balance_type: 'payments',
    created,
    currency,
    description: movement.description,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency,
              description: movement.feeDescription ?? 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: amount - fee,
    reporting_category: movement.reportingCategory,
    source: movement.source,
    status: 'pending',
    type: movement.type,
  });
}

/** Writes a movement into the ledger that the control API shows. */
export function recordMovement(world: World, entry: Omit<LedgerEntry, 'atMs'>): void {
  world.store.ledger.put({ ...entry, atMs: world.nowMs() });
}

/** A balance transaction becomes available with time; its stored status is what it was when booked. */
export function showBalanceTransaction(
  stored: StoredBalanceTransaction,
  nowSeconds: number,
): StoredBalanceTransaction {
  return { ...stored, status: stored.available_on <= nowSeconds ? 'available' : 'pending' };
}
