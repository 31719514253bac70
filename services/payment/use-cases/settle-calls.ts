import { claimUnsettledCalls, type UnsettledCall } from '../sql/claim-unsettled-calls';
import { settleAnsweredCalls } from '../sql/settle-answered-calls';
import { endPayment } from './end-payment';
import { type Observed, reportOf } from './observe';
import { reconcile } from './reconcile';
import { settleRefund } from './settle-refund';
import { forEach, type SweepCount, type SweepRun } from './sweep-run';

/** Calls claimed at a time: what a run does not get to stays unclaimed for the next. */
const SLICE = 10;

/**
 * Finds out what became of calls whose outcome nobody has recorded: first from what we know by now, then, for refunds and
 * cancellations, by asking the provider. Creations and captures are settled with their payment, by the look at open payments.
 */
export const settleCalls = async (deps: SweepRun): Promise<SweepCount> => {
  await settleAnsweredCalls(deps.database);
  const total = { looked: 0, failed: 0 };
  for (let claimed = SLICE; claimed === SLICE; ) {
    const providers = deps.patience.askable();
    if (providers.length === 0) break;
    const question = { now: deps.now(), limit: SLICE, providers };
    const calls = await claimUnsettledCalls(deps.database, question);
    const items = calls.map((call) => ({ ...call, id: call.key }));
    const { looked, failed } = await forEach(deps, 'call', items, (call) => settle(deps, call));
    total.looked += looked;
    total.failed += failed;
    claimed = calls.length;
  }
  return total;
};

const settle = async (deps: SweepRun, call: UnsettledCall): Promise<void> => {
  const outcomes = await reconcile(deps, [reportOf(deps, 'sweep', await ask(deps, call))]);
  for (const { outcome } of outcomes.values()) deps.onOutcome?.(outcome);
};

const ask = (deps: SweepRun, call: UnsettledCall): Promise<Observed> =>
  deps.patience.ask(call.provider, () =>
    call.operation === 'refund'
      ? settleRefund(deps, call)
      : endPayment(deps, { ...call, id: call.paymentId }, call.reason),
  );
