import { setTimeout as sleep } from 'node:timers/promises';
import { warn } from '../log';

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
  readonly signal?: AbortSignal;
}

/** About half a minute altogether: long enough for a busy server, short against a job's time. */
export const DEFAULT_RETRIES: RetryOptions = { attempts: 6, baseMs: 500, capMs: 20_000 };

/** Longer than that a server's `Retry-After` is not waited for. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Tries again after transient errors, with exponential backoff and full jitter (Marc Brooker, "Exponential Backoff And Jitter",
 * AWS Architecture Blog); never sooner than a `Retry-After` says.
 *
 * @throws the last error; any error that is not a TransientError at once
 */
export async function withRetries<T>(what: string, attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TransientError) || tried >= options.attempts) throw error;
      const backoff = Math.random() * Math.min(options.capMs, options.baseMs * 2 ** (tried - 1));
      const wait = Math.max(backoff, Math.min(error.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
      warn('retry', { what, attempt: tried, of: options.attempts, waitMs: Math.round(wait), reason: error.message });
      await sleep(wait, undefined, { signal: options.signal });
    }
  }
}
