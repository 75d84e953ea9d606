import { INTERRUPTED } from '../../terminal/stop-on-signal';

/** How a command ends, for scripts; the table in docs/operating.md says the same. */
export const OperateExit = {
  DONE: 0,
  /** The run failed, ran out of time or was stopped. */
  RUN_FAILED: 1,
  /** The command line or the input file is wrong; nothing was started. */
  USAGE: 2,
  /** There is no such stack, pipeline, run, entry or result. */
  NOT_FOUND: 3,
  /** No credentials, or they do not allow it. */
  NOT_ALLOWED: 4,
  /** AWS could not be reached, or answered with an error of its own. */
  UNAVAILABLE: 5,
  /** AWS refuses it as things are: the name is taken, the run cannot be redriven, it has not ended. */
  CONFLICT: 6,
  /** Ctrl-C; what was started goes on. */
  INTERRUPTED,
} as const;

/** Names of what can go wrong; in JSON, an error's `code`. */
export type OperateErrorCode = 'Usage' | 'InvalidInput' | 'NotFound' | 'NotAllowed' | 'Unavailable' | 'Conflict' | 'DamagedResult' | 'RunFailed' | 'Interrupted';

const EXITS: Readonly<Record<OperateErrorCode, number>> = {
  Usage: OperateExit.USAGE,
  InvalidInput: OperateExit.USAGE,
  NotFound: OperateExit.NOT_FOUND,
  NotAllowed: OperateExit.NOT_ALLOWED,
  Unavailable: OperateExit.UNAVAILABLE,
  Conflict: OperateExit.CONFLICT,
  DamagedResult: OperateExit.UNAVAILABLE,
  RunFailed: OperateExit.RUN_FAILED,
  Interrupted: OperateExit.INTERRUPTED,
};

/** Why a command on a deployed pipeline could not do what it was asked for; the message says how to mend it. */
export class OperateError extends Error {
  constructor(public readonly code: OperateErrorCode, message: string) {
    super(message);
    this.name = 'OperateError';
  }

  public get exitCode(): number {
    return EXITS[this.code];
  }
}
