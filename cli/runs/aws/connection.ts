import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClients } from './aws-clients';
import { isPassing, operateError, shortReason } from './aws-errors';
import { OperateError } from './operate-error';
import { duration } from '../../terminal/units';

export interface ConnectionOptions {
  readonly clients: AwsClients;
  /** For how long a lost connection is tried again, in milliseconds. */
  readonly patience: number;
  /** Ends every wait: Ctrl-C. */
  readonly signal: AbortSignal;
  /** Told when the connection is lost, and when it is back. */
  readonly notice: (text: string) => void;
  /** Of the first wait, in milliseconds. */
  readonly firstWait?: number;
}

/** Until the first answer, a wrong address is more likely than a lost connection. */
const FIRST_PATIENCE_MS = 10_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** Asks AWS, and goes on asking while the connection is lost or AWS is too busy: with growing waits, with jitter, and not without end. */
export class Connection {
  private isKnown = false;

  constructor(private readonly options: ConnectionOptions) {}

  public get clients(): AwsClients {
    return this.options.clients;
  }

  public get signal(): AbortSignal {
    return this.options.signal;
  }

  /**
   * @param what    what is asked, for messages
   * @param request asks it; may be called again
   * @throws OperateError where it was interrupted, or nobody answered in time
   * @throws the SDK's error where AWS answered with one that will not pass
   */
  public async ask<T>(what: string, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { patience, signal, notice, firstWait = FIRST_WAIT_MS } = this.options;
    let lostAt: number | undefined;
    for (let wait = firstWait; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        this.stopIfAsked();
        const answer = await request(signal);
        if (lostAt !== undefined) notice(`connected again after ${duration(Date.now() - lostAt)}`);
        this.isKnown = true;
        return answer;
      } catch (error) {
        this.stopIfAsked();
        if (!isPassing(error)) {
          // Also an error is an answer.
          if (!(error instanceof OperateError)) this.isKnown = true;
          throw error;
        }
        const allowed = this.isKnown ? patience : Math.min(patience, FIRST_PATIENCE_MS);
        if (lostAt === undefined) {
          lostAt = Date.now();
          if (allowed > 0) notice(`no answer (${shortReason(error)}); trying again for up to ${duration(allowed)}`);
        }
        if (Date.now() - lostAt + wait > allowed) throw operateError(error, what);
        await this.pause(wait / 2 + Math.random() * wait / 2);
      }
    }
  }

  /** @throws OperateError where it is interrupted */
  public async pause(milliseconds: number): Promise<void> {
    try {
      await sleep(milliseconds, undefined, { signal: this.options.signal });
    } catch {
      this.stopIfAsked();
    }
  }

  private stopIfAsked(): void {
    if (this.options.signal.aborted) throw new OperateError('Interrupted', 'interrupted; what was started goes on');
  }
}
