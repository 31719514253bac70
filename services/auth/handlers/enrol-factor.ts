import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import type { SecondFactors } from '../ports';
import { needAccessToken } from './access-token-of';

export const handleEnrolFactor =
  (deps: {
    readonly identity: Pick<SecondFactors, 'enrolFactor'>;
  }): HandlerOf<typeof authContract.enrolFactor> =>
  async (request) => {
    const accessToken = needAccessToken(request);
    const { id, qrCode, secret, uri } = await deps.identity.enrolFactor({
      accessToken,
      name: request.body.name,
    });
    return { body: { success: true, factor: { id, qr_code: qrCode, secret, uri } } };
  };
