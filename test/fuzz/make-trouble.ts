import { AppError } from '#shared/errors/app-error';
import type { ErrorCode } from '#shared/errors/error-codes';
import type { Trouble } from './arbitrary-attempt';

/** What fails right now. */
export interface Troubled {
  now: Trouble | null;
}

/** An object whose functions fail while the trouble lasts, and leave what they stand for as it was. */
export const failing = <T extends object>(
  part: T,
  functions: readonly (keyof T & string)[],
  fails: () => boolean,
  code: ErrorCode,
): T =>
  new Proxy(part, {
    get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function' || !functions.includes(name as never)) return value;
      return (...args: readonly unknown[]): unknown =>
        fails() ? Promise.reject(new AppError(code)) : Reflect.apply(value, target, args);
    },
  });
