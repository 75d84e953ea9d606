import type { Product } from '../../engine';
import { ALLOW_LOCAL_ENV } from '../../src/contract/worker-command-line';

/** What the engine calls this program. */
export const PRODUCT: Product = {
  name: 'pavi-pipeline',
  interruptedError: 'PaviPipeline.Interrupted',
  keyAdvice: 'Use the keys that pavi-pipeline serve wrote to credentials.env in its state folder.',
};

/** What the worker reads beside what its job definition says. */
export function workerEnvironment(allowLocalGenomes: boolean): Record<string, string> {
  return allowLocalGenomes ? { [ALLOW_LOCAL_ENV]: '1' } : {};
}
