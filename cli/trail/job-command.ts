import { WorkerCommand, WorkerOption } from '../../src/contract/worker-command-line';

/** Whether a job's command retrieves sequences. */
export function isRetrieval([command]: readonly string[]): boolean {
  return command === WorkerCommand.RETRIEVE;
}

/** The first and the last entry of a retrieval job, 0-based, by its command; undefined where the command names none. */
export function entryRange(command: readonly string[]): readonly [number, number] | undefined {
  const [from, to] = [WorkerOption.FROM, WorkerOption.TO].map((option) => command.indexOf(option));
  return from < 0 || to < 0 ? undefined : [Number(command[from + 1]), Number(command[to + 1])];
}

/** `entry 3`, `entries 3 to 7` */
export function entriesText([from, to]: readonly [number, number]): string {
  return from === to ? `entry ${from}` : `entries ${from} to ${to}`;
}
