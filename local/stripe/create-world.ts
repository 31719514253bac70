import type { DoubleParts } from '../doubles/start-double';
import { type CurrentRequest, createEmitter } from './emit-event';
import { runJob } from './run-job';
import { createStore, type Job } from './store';
import type { StripeTimings, World } from './world';

/** How long Stripe takes here. The authorization window is the real one, the rest is short for people who watch. */
export const defaultTimings: StripeTimings = {
  asyncCaptureMs: 1_000,
  bankDebitMs: 10_000,
  refundMs: 10_000,
  authorizationMs: 7 * 86_400_000,
};

export interface WorldOptions {
  apiVersion: string;
  livemode: boolean;
  timings: StripeTimings;
}

/** A world and the switches that only its server holds. */
export interface WorldControl {
  world: World;
  setCurrentRequest: (request: CurrentRequest | null) => void;
  /** False: nothing that happens makes an event. */
  setEmitting: (isOn: boolean) => void;
  /** Puts the timers of all stored jobs on the clock; after a restore. */
  armJobs: () => void;
}

export function createWorld(parts: DoubleParts, options: WorldOptions): WorldControl {
  const { clock, deliveries, random, changed, url } = parts;
  const store = createStore();
  let currentRequest: CurrentRequest | null = null;
  let isEmitting = true;

  const emit = createEmitter(
    () => world,
    deliveries,
    () => currentRequest,
  );

  function arm(job: Job): void {
    clock.at(job.dueMs, () => {
      if (!store.jobs.get(job.id)) return;
      store.jobs.remove(job.id);
      runJob(world, job);
      changed();
    });
  }

  const world: World = {
    store,
    livemode: options.livemode,
    apiVersion: options.apiVersion,
    baseUrl: url,
    timings: options.timings,
    random,
    nowMs: clock.now,
    nowSeconds: () => Math.floor(clock.now() / 1000),
    newId: (prefix) => `${prefix}_${random.text(24)}`,
    emit(type, object, previousAttributes) {
      if (isEmitting) emit(type, object, previousAttributes);
    },
    schedule(job, afterMs) {
      arm(store.jobs.put({ ...job, id: random.text(16), dueMs: clock.now() + afterMs }));
    },
  };

  return {
    world,
    setCurrentRequest(request) {
      currentRequest = request;
    },
    setEmitting(isOn) {
      isEmitting = isOn;
    },
    armJobs() {
      for (const job of store.jobs.all()) arm(job);
    },
  };
}
