/** What a terminal, a supervisor or a closed session sends to a process that is to end. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The exit code of a command that one of them ended: 128 + SIGINT, as shells have it. */
export const INTERRUPTED = 130;

/** Aborted by the first signal to stop; the reason's message is the signal's name. */
export function stopOnSignal(): AbortSignal {
  const stopped = new AbortController();
  for (const signal of STOP_SIGNALS) process.on(signal, () => stopped.abort(new Error(signal)));
  return stopped.signal;
}
