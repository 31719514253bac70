import { AppError } from '#shared/errors/app-error';
import { type IncomingRequest, readBearer } from '#shared/http/request';
import { isSessionToken } from '#shared/identity/session-token';

/** The Supabase access token that a request came with; null where it came with an opaque token. */
export const accessTokenOf = ({ headers }: Pick<IncomingRequest, 'headers'>): string | null => {
  const bearer = readBearer(headers);
  return bearer === null || isSessionToken(bearer) ? null : bearer;
};

/** @throws AppError `forbidden` where there is none: the identity provider knows its own tokens alone */
export const needAccessToken = (request: Pick<IncomingRequest, 'headers'>): string => {
  const accessToken = accessTokenOf(request);
  if (accessToken !== null) return accessToken;
  throw new AppError('forbidden', { detail: 'This route needs a Supabase access token.' });
};
