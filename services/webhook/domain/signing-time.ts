import { AppError } from '#shared/errors/app-error';

/** Seconds since 1970 as senders write them into a header. */
export const UNIX_SECONDS = /^[1-9][0-9]{0,11}$/;

const TOLERANCE_SECONDS = 300;

/**
 * Refuses signatures made more than 300 s before or after we received them. Whoever signs every attempt anew loses no honest
 * retry by it. Stripe's own libraries check the past only and would take a signature dated ten years ahead.
 *
 * @param timestamp seconds since 1970
 * @param receivedAt milliseconds since 1970
 * @throws AppError `webhook_timestamp_out_of_tolerance`
 */
export const checkSigningTime = (timestamp: number, receivedAt: number): void => {
  if (Math.abs(Math.floor(receivedAt / 1000) - timestamp) > TOLERANCE_SECONDS) {
    throw new AppError('webhook_timestamp_out_of_tolerance');
  }
};
