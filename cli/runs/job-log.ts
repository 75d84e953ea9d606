import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { isNamed, operateError } from './aws/aws-errors';
import type { Connection } from './aws/connection';

/** A line of a job's log. */
export interface LogLine {
  readonly stream: string;
  /** Milliseconds; when CloudWatch was told. */
  readonly time: number;
  readonly message: string;
}

/** A log stream that is not there: the job has written nothing yet, or the log group's retention is over. */
export class NoLogStream extends Error {}

/**
 * A stream from its beginning, a page after the other.
 *
 * @throws NoLogStream
 */
export async function* jobLog(connection: Connection, logGroupName: string, logStreamName: string): AsyncGenerator<LogLine> {
  for (let nextToken: string | undefined; ;) {
    const page = await logPage(connection, { logGroupName, logStreamName, startFromHead: true, nextToken });
    yield* linesOf(page.events, logStreamName);
    // "If you have reached the end of the stream, it returns the same token you passed in" (API reference, GetLogEvents).
    if (page.nextForwardToken === undefined || page.nextForwardToken === nextToken) return;
    nextToken = page.nextForwardToken;
  }
}

/**
 * The last lines of a stream, the newest last.
 *
 * @throws NoLogStream
 */
export async function jobLogEnd(connection: Connection, logGroupName: string, logStreamName: string, lines: number): Promise<LogLine[]> {
  const { events } = await logPage(connection, { logGroupName, logStreamName, startFromHead: false, limit: lines });
  return linesOf(events, logStreamName);
}

interface LogRequest {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly startFromHead: boolean;
  readonly limit?: number;
  readonly nextToken?: string;
}

async function logPage(connection: Connection, request: LogRequest) {
  const what = 'reading a job\'s log (logs:GetLogEvents)';
  try {
    return await connection.ask(what, (abortSignal) => connection.clients.logs.send(new GetLogEventsCommand(request), { abortSignal }));
  } catch (error) {
    if (isNamed(error, 'ResourceNotFound')) throw new NoLogStream(`${request.logGroupName}/${request.logStreamName} is not there`);
    throw operateError(error, what);
  }
}

function linesOf(events: readonly { readonly timestamp?: number; readonly message?: string }[] | undefined, stream: string): LogLine[] {
  return (events ?? []).map(({ timestamp = 0, message = '' }) => ({ stream, time: timestamp, message }));
}
