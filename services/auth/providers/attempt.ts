import { AppError } from '#shared/errors/app-error';
import { type Refusals, toAppError } from './supabase-error';

/** For all requests that one operation makes: supabase-js repeats a refresh for half a minute. */
const OPERATION_TIMEOUT_MS = 10_000;

/** Does one operation at Supabase Auth, in time, and puts its errors into our words. */
export const attempt = async <T>(refusals: Refusals, work: () => Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(unusable('took too long')), OPERATION_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work(), deadline]);
  } catch (error) {
    throw toAppError(error, refusals);
  } finally {
    clearTimeout(timer);
  }
};

/** Supabase Auth answered something that it never should; `how` must hold no value of it. */
export const unusable = (how: string): AppError =>
  new AppError('identity_unavailable', { cause: new Error(`Supabase Auth ${how}`) });
