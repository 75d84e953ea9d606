/** What was synthesized cannot be run here; says everything that stands in the way, each by its name. */
export class LoadError extends Error {
  constructor(where: string, public readonly problems: readonly string[]) {
    super(`${where} cannot be run on this machine:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'LoadError';
  }
}
