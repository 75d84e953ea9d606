import { setTimeout as sleep } from 'node:timers/promises';
import { LogEvent } from '../../src/contract/log-events';
import { log } from '../log';

/** A failure that may not happen again. */
export class TransientError extends Error {
  /** @param retryAfterMs how long the other side asked to wait */
  constructor(message: string, public readonly retryAfterMs?: number, cause?: unknown) {
    super(message, { cause });
    this.name = 'TransientError';
  }
}

export interface RetryOptions {
  /** How often to try, the first time included. */
  readonly attempts: number;
  /** The first wait is up to so long, the next up to twice as long, and so on. */
  readonly baseMs: number;
  readonly capMs: number;
  /**
   * So long after the first attempt's start no other one is started.
   *
   * @default none
   */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** The same, ended by a second signal too. */
export function endedBy(options: RetryOptions, signal: AbortSignal): RetryOptions {
  return { ...options, signal: options.signal === undefined ? signal : AbortSignal.any([options.signal, signal]) };
}

/** The waits are about half a minute altogether: long enough for a busy server, short against a job's time. */
export const DEFAULT_RETRIES: RetryOptions = { attempts: 6, baseMs: 500, capMs: 20_000, deadlineMs: 300_000 };

/** A server that asks for a longer wait is taken at its word, and given up: to start the job again is for others to decide. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Tries again after transient errors, with exponential backoff and full jitter (Marc Brooker, "Exponential Backoff And Jitter",
 * AWS Architecture Blog); never sooner than a `Retry-After` says.
 *
 * @throws the last error; any error that is not a TransientError at once
 */
export async function withRetries<T>(what: string, attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const deadline = performance.now() + (options.deadlineMs ?? Infinity);
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TransientError) || tried >= options.attempts) throw error;
      const asked = error.retryAfterMs ?? 0;
      const wait = Math.max(asked, Math.random() * Math.min(options.capMs, options.baseMs * 2 ** (tried - 1)));
      if (asked > MAX_RETRY_AFTER_MS || performance.now() + wait > deadline) throw error;
      log(LogEvent.RETRY, { what, attempt: tried, of: options.attempts, waitMs: Math.round(wait), reason: error.message });
      await sleep(wait, undefined, { signal: options.signal });
    }
  }
}
