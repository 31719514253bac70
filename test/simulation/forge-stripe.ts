import { isAppError } from '#shared/errors/app-error';
import { stripeSignatureVerifier } from '../../services/webhook/providers/stripe-signature';
import { stripeV1 } from '../support/stripe-signature';
import { mutateBytes, mutateText } from './mutate-text';
import type { Random } from './random';
import { stripeReference } from './reference-stripe';

/** Whether the product took a delivery, and whether the reference does. */
export interface Verdicts {
  readonly product: boolean | string;
  readonly reference: boolean;
  readonly what: string;
}

const NOW = 1_795_348_800;
const OURS = ['whsec_old_9yTn3', `whsec_${'long'.repeat(20)}`] as const;
const SECRETS = [
  ...OURS,
  ...OURS,
  ...OURS,
  'whsec_other',
  'WHSEC_OLD_9YTN3',
  'old_9yTn3',
  'whsec_old_9yTn3 ',
] as const;
const TIMES = [0, 0, 0, 0, -1, 300, -300, 301, -301, 3_000_000_000, -NOW] as const;
const verify = stripeSignatureVerifier(OURS);

/** Makes one delivery, genuine or forged, and asks both. */
export const tryStripe = async (random: Random): Promise<Verdicts> => {
  const signed = random.bytes(random.below(120));
  const time = NOW + random.pick(TIMES);
  const v1 = (): string => stripeV1(signed, random.pick(SECRETS), time);
  const makeParts = [
    () => [`t=${time}`, `v1=${v1()}`],
    () => [`t=${time}`, `v1=${v1()}`, `v1=${v1()}`],
    () => [`t=${time}`, `v1=${'0'.repeat(64)}`, `v1=${v1()}`, 'v0=6ffbb59b'],
    () => [`t=${time}`, `v0=${v1()}`],
    () => [`v1=${v1()}`, `t=${time}`],
    () => [`t=${time}`, `t=${NOW}`, `v1=${v1()}`],
    () => [`t=${time}`, `v1=${Buffer.from(v1(), 'hex').toString('base64')}`],
    () => [`t=0${time}`, `v1=${stripeV1(signed, OURS[0], `0${time}`)}`],
    () => [`t=${time}.0`, `v1=${stripeV1(signed, OURS[0], `${time}.0`)}`],
  ] as const;
  let header = random
    .pick([makeParts[0], makeParts[0], makeParts[0], ...makeParts])()
    .join(random.pick([',', ',', ',', ', ', ';']));
  for (let left = random.pick([0, 0, 1, 2]); left > 0; left -= 1) header = mutateText(header, random);
  const body = random.chance(0.2) ? mutateBytes(signed, random) : signed;
  const headers = random.chance(0.03) ? [header, header] : random.chance(0.02) ? [] : [header];
  return {
    product: await verdictOf(() =>
      verify({ headers: { 'stripe-signature': headers }, body, receivedAt: NOW * 1000 + random.below(1000) }),
    ),
    reference: stripeReference(headers, body, OURS, NOW),
    what: `stripe ${JSON.stringify(headers)} over ${body.toString('hex')}`,
  };
};

/** Anything but acceptance and an error of ours is told as it is. */
export const verdictOf = async (verify: () => Promise<void>): Promise<boolean | string> => {
  try {
    await verify();
    return true;
  } catch (error) {
    return isAppError(error) && error.code.startsWith('webhook_') ? false : String(error);
  }
};
