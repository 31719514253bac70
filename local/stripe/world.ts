import { createHash } from 'node:crypto';
import type { Random } from '../doubles/random';
import type { Job, Store } from './store';

/** Records an event with a snapshot of the object as it is now and sends it to the webhook endpoints. */
export type EmitEvent = (type: string, object: object, previousAttributes?: Record<string, unknown>) => void;

/** Virtual waits of what Stripe does later, in milliseconds. */
export interface StripeTimings {
  /** From an `automatic_async` capture to its balance transaction and `charge.updated`. */
  asyncCaptureMs: number;
  /** From a bank debit to its success or failure. */
  bankDebitMs: number;
  /** From a pending or doomed refund to its end. */
  refundMs: number;
  /** Until an uncaptured authorization lapses. */
  authorizationMs: number;
}

/** What the resources work with. Everything here is synchronous: one request is one uninterrupted step. */
export interface World {
  store: Store;
  livemode: boolean;
  /** API version of events and default answers. */
  apiVersion: string;
  /** Where this double listens, for the pages it links to. */
  baseUrl: () => string;
  timings: StripeTimings;
  random: Random;
  nowMs(): number;
  /** Whole seconds, as in all of Stripe's `created` fields. */
  nowSeconds(): number;
  /** `newId('pi')` -> `pi_3...`; 24 characters after the prefix. */
  newId(prefix: string): string;
  emit: EmitEvent;
  schedule(job: Omit<Job, 'id' | 'dueMs'>, afterMs: number): void;
}

/** A stable fingerprint of a card or account number, so that equal numbers show as equal. */
export function fingerprint(number: string): string {
  return createHash('sha256').update(number).digest('base64url').replace(/[-_]/g, 'x').slice(0, 16);
}
