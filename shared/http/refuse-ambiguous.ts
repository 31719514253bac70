import { AppError } from '#shared/errors/app-error';
import type { IncomingRequest } from '#shared/http/request';

/** Headers that decide who calls and what is done; RFC 9110 lets none of them come twice. */
const SINGLE = [
  'authorization',
  'content-type',
  'idempotency-key',
  'origin',
  'sec-fetch-site',
  'x-csrf-token',
] as const;

/**
 * Refuses a request that says two things at once: whoever stands before us (a firewall, a proxy, a log) may have believed
 * the other.
 *
 * @throws AppError `request_invalid`
 */
export const refuseAmbiguous = ({ headerValues }: Pick<IncomingRequest, 'headerValues'>): void => {
  for (const name of SINGLE) {
    if ((headerValues[name]?.length ?? 0) > 1) {
      throw new AppError('request_invalid', { detail: `The header ${name} came more than once.` });
    }
  }
};
