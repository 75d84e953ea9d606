import { setTimeout as wait } from 'node:timers/promises';

/** Time and chance, so that tests can have their own. */
export interface Clock {
  now(): Date;
  /** Rejects with the signal's reason where it is aborted before. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
  /** Does what takes its own time, such as a service's call. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/** What a timer takes at most; a longer one would end at once. */
const MAX_TIMER = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (ms, signal) => {
    try {
      for (let left = ms; left > 0; left -= MAX_TIMER) await wait(Math.min(left, MAX_TIMER), undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
  random: Math.random,
  during: (work) => work(),
};
