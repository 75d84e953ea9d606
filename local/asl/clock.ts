import { setTimeout as wait } from 'node:timers/promises';

/** Time and chance, so that tests can have their own. */
export interface Clock {
  now(): Date;
  /** Rejects with the signal's reason where it is aborted before. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (ms, signal) => {
    try {
      await wait(ms, undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
  random: Math.random,
};
