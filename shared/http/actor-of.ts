import { AppError } from '#shared/errors/app-error';
import type { Identity } from '#shared/http/request';
import type { Actor } from '#shared/kernel/actor';

/** Who acts by a request, for the audit log. Throws `forbidden` for a user without a role, whom no such route lets in. */
export const actorOf = ({ userId, role }: Identity, requestId: string): Actor => {
  if (role === 'user') throw new AppError('forbidden');
  return { userId, role, requestId };
};
