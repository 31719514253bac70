import { AppError } from '#shared/errors/app-error';

/** What to throw for a cursor of a list that we did not make. `pointer` says where the caller gave it. */
export const cursorInvalid = (pointer = '/query/cursor'): AppError =>
  new AppError('request_invalid', { errors: [{ pointer, message: 'is not a cursor of ours' }] });
