import { childrenOf, processesOf, proportionalMiB, residentMiB } from './processes';

/** Reading a few files of /proc takes a fraction of a millisecond. */
const INTERVAL_MS = 25;
/** How often all processes of the machine are looked through for those of the job. */
const FULL_LOOK_EVERY = 20;
/** Elsewhere each look starts a process. */
const SLOW_INTERVAL_MS = 500;

/**
 * Watches the resident memory of a job's processes, as the kernel does for a container's limit.
 *
 * A process can go over its limit and end between two looks: then it is not noticed, where a container would have been killed.
 *
 * @param onExceeded called once, when the limit is exceeded
 * @returns ends the watching
 */
export function watchMemory(leader: number, limitMiB: number, onExceeded: () => void): () => void {
  let known = [leader];
  let looks = 0;
  const timer = setInterval(() => {
    looks += 1;
    known = looks % FULL_LOOK_EVERY === 0 || process.platform !== 'linux'
      ? processesOf(leader) : [...new Set(known.flatMap((pid) => [pid, ...childrenOf(pid)]))];
    // What processes share counts once for a container: only where the quick sum is over the limit is the exact one made.
    if (residentMiB(known) <= limitMiB || proportionalMiB(known) <= limitMiB) return;
    clearInterval(timer);
    onExceeded();
  }, process.platform === 'linux' ? INTERVAL_MS : SLOW_INTERVAL_MS);
  return () => clearInterval(timer);
}
