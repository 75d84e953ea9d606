/** What it takes of an event, whoever told of it. */
interface TaskEvent {
  readonly type: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The log stream of the last job that failed; undefined where none did, or none wrote anything. */
export function failedStream(events: readonly TaskEvent[]): string | undefined {
  return events.filter(({ type }) => type === 'TaskFailed').map(({ details }) => logStreamOf(details.cause)).findLast((name) => name !== undefined);
}

/** A failed job's cause is its description as JSON; other tasks' causes are plain texts. */
function logStreamOf(cause: unknown): string | undefined {
  try {
    const { Container, EcsProperties } = JSON.parse(String(cause));
    // Of a job with several containers, the first that failed is why the others did.
    const failed = EcsProperties?.TaskProperties?.[0]?.Containers?.find((container: { ExitCode?: number }) => container.ExitCode !== 0);
    return (failed ?? Container)?.LogStreamName;
  } catch {
    return undefined;
  }
}
