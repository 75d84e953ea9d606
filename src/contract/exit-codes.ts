/** The worker's exit codes (after BSD's sysexits.h); the job definitions' retry rules read them. */
export const ExitCode = {
  DONE: 0,
  /** EX_USAGE: the input is wrong; a retry would fail the same way. */
  BAD_INPUT: 64,
  /** EX_UNAVAILABLE: something outside was not to be had after the worker's own retries; Batch tries again. */
  UNAVAILABLE: 69,
  /** EX_SOFTWARE: a defect of ours. */
  DEFECT: 70,
  /** 128 + SIGKILL: the kernel ended the process for its memory; the state machine tries again with more. */
  OUT_OF_MEMORY: 137,
  /** 128 + SIGTERM: stopped from outside. */
  STOPPED: 143,
} as const;
