import { setMaxListeners } from 'node:events';

/**
 * Works on items side by side. The first failure stops the others, and is thrown when all of them have ended.
 *
 * @param concurrency how many at once; 0 for all
 * @returns the results in the items' order
 */
export async function mapItems<T, R>(
  items: readonly T[], concurrency: number, signal: AbortSignal, work: (item: T, index: number, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const stop = new AbortController();
  const limited = AbortSignal.any([signal, stop.signal]);
  // As many as there are items, and more where there are Maps in them.
  setMaxListeners(0, limited);
  const results: R[] = new Array(items.length);
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    while (next < items.length && !limited.aborted) {
      const index = next++;
      try {
        results[index] = await work(items[index], index, limited);
      } catch (error) {
        failure ??= { error };
        stop.abort(new Error('another item failed'));
      }
    }
  };
  const workers = concurrency === 0 ? items.length : Math.min(concurrency, items.length);
  await Promise.all(Array.from({ length: workers }, worker));
  signal.throwIfAborted();
  if (failure !== undefined) throw failure.error;
  return results;
}
