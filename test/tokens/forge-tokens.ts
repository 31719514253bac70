import { makeVerifyAccessToken } from '#shared/identity/verify-access-token';
import { seededRandom } from '../simulation/random';
import { claimVariants } from './claim-variants';
import { issue, NOW_S, newDraft, PROJECT, SESSION, USER, type Variant } from './draft';
import { headerVariants } from './header-variants';
import { signatureVariants } from './signature-variants';
import { type Keys, makeKeys, type SigningAlg } from './signer';
import { spellingVariants } from './spelling-variants';

const PARTS = [headerVariants, claimVariants, signatureVariants, spellingVariants] as const;
const ALGS = ['ES256', 'RS256', 'HS256'] as const;

export interface Forgeries {
  readonly tokens: number;
  /** Of them: without a fault, so that they must be accepted. */
  readonly genuine: number;
  readonly accepted: number;
  /** Verdicts that differ from what the token's making says, told so that it can be made again. */
  readonly faults: readonly string[];
  /** How often the key set was asked for. */
  readonly fetches: number;
}

/**
 * Puts tokens together from what can be said, claimed, signed and spelled, and compares the verifier's verdict with what is
 * known of each: it is good exactly when nothing in it is bad. Each variant comes alone first, then each pair of two parts as
 * far as `count` reaches in random order, with chance to fill the rest.
 */
export const forgeTokens = async (count: number, seed: number): Promise<Forgeries> => {
  const keys = makeKeys();
  let fetches = 0;
  const verify = makeVerifyAccessToken({
    supabaseUrl: PROJECT,
    jwtSecret: keys.secret.toString(),
    now: () => NOW_S * 1_000,
    loadKeySet: async () => {
      fetches += 1;
      return keys.keySet;
    },
  });
  const faults: string[] = [];
  let [tokens, genuine, accepted] = [0, 0, 0];
  for (const [alg, variants] of combinations(count, seed)) {
    const honest = variants.every((variant) => variant.honest);
    const verdict = await verify(make(alg, variants, keys)).catch(String);
    tokens += 1;
    if (honest) genuine += 1;
    if (verdict !== null) accepted += 1;
    const right = honest
      ? JSON.stringify(verdict) === JSON.stringify({ userId: USER, sessionId: SESSION })
      : verdict === null;
    if (!right)
      faults.push(`${alg}: ${variants.map(({ name }) => name).join(' | ')}: ${JSON.stringify(verdict)}`);
  }
  return { tokens, genuine, accepted, faults, fetches };
};

const make = (alg: SigningAlg, variants: readonly Variant[], keys: Keys): string => {
  const draft = newDraft(alg);
  for (const variant of variants) variant.change(draft, keys);
  return issue(draft, keys);
};

type Combination = readonly [SigningAlg, readonly Variant[]];

function* combinations(count: number, seed: number): Generator<Combination> {
  const random = seededRandom(seed);
  let left = count;
  for (const alg of ALGS) {
    for (const variant of PARTS.flat()) {
      if (!fits(variant, alg)) continue;
      yield [alg, [variant]];
      left -= 1;
    }
  }
  for (; left > 0; left -= 1) {
    const alg = random.pick(ALGS);
    // Half of the parts stay honest, so that most tokens are spoiled in one or two places only and some in none.
    yield [
      alg,
      PARTS.map((part) =>
        pick(
          part.filter((one) => fits(one, alg)),
          random.chance(0.55),
          random.below,
        ),
      ),
    ];
  }
}

const fits = ({ algs }: Variant, alg: SigningAlg): boolean => algs?.includes(alg) ?? true;

const pick = (variants: readonly Variant[], honest: boolean, below: (limit: number) => number): Variant => {
  const some = variants.filter((variant) => variant.honest === honest);
  const [first] = variants;
  const chosen = some[below(some.length)] ?? first;
  if (chosen === undefined) throw new Error('a part has no variants');
  return chosen;
};
