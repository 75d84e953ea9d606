/** What was synthesized cannot be run here; says everything that stands in the way, each by its name. */
export class LoadError extends Error {
  constructor(where: string, public readonly problems: readonly string[]) {
    super(`${where} cannot be run on this machine:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'LoadError';
  }
}

/** What the work gives; undefined if it fails, which is then one of the problems. */
export function attempt<T>(problems: string[], where: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    problems.push(`${where}: ${(error as Error).message}`);
    return undefined;
  }
}
