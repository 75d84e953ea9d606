import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError } from './api-error';
import { ApiService, Input, jsonService } from './json-protocol';
import { authorize } from '../iam/evaluate';

export interface LogsOptions {
  /** One file a stream: `PREFIX/NAME/ID.log`. */
  readonly folder: string;
  readonly logGroups: ReadonlyMap<string, ReadonlySet<string>>;
  readonly arnOf: (logGroup: string) => string;
}

interface LogEvent {
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

/** API reference, GetLogEvents: 1 MB of response or 10,000 events. */
const [MAX_EVENTS, MAX_BYTES] = [10_000, 1024 * 1024];
const STREAM = /^[\w.-]+(\/[\w.-]+)*$/;

/** Amazon CloudWatch Logs' GetLogEvents (API version 2014-03-28) for what the jobs wrote. */
export function logsApi({ folder, logGroups, arnOf }: LogsOptions): ApiService {
  return jsonService('1.1', 'Logs_20140328', {
    GetLogEvents: (input, principal) => {
      const { logGroupName, logGroupIdentifier, logStreamName } = input;
      const group = String(logGroupName ?? String(logGroupIdentifier ?? '').replace(/^arn:.*:log-group:/, ''));
      if (logStreamName === undefined || group === '') throw new ApiError('InvalidParameterException', 'logGroupName and logStreamName are required');
      authorize({ principal, action: 'logs:GetLogEvents', resource: `${arnOf(group)}:log-stream:${logStreamName}` });
      const prefixes = logGroups.get(group);
      if (prefixes === undefined) throw new ApiError('ResourceNotFoundException', 'The specified log group does not exist.');
      const events = eventsOf(folder, String(logStreamName), prefixes);
      const inTime = events.filter(({ timestamp }) => timestamp >= (input.startTime ?? 0) && timestamp < (input.endTime ?? Infinity));
      return pageOf(inTime, input);
    },
  });
}

/** A line an event. The files have no times: each line has that of its stream's beginning. */
function eventsOf(folder: string, stream: string, prefixes: ReadonlySet<string>): LogEvent[] {
  const file = join(folder, `${stream}.log`);
  const isOfGroup = STREAM.test(stream) && !stream.split('/').includes('..') && [...prefixes].some((prefix) => stream.startsWith(`${prefix}/`));
  try {
    if (!isOfGroup) throw Object.assign(new Error(stream), { code: 'ENOENT' });
    const { birthtimeMs, mtimeMs } = statSync(file);
    const [timestamp, ingestionTime] = [Math.floor(birthtimeMs), Math.floor(mtimeMs)];
    return readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((message) => ({ timestamp, ingestionTime, message }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new ApiError('ResourceNotFoundException', 'The specified log stream does not exist.');
  }
}

/** Tokens as AWS has them: `f/` goes on, `b/` goes back, and the same one comes again at the end. */
function pageOf(events: readonly LogEvent[], { nextToken, limit, startFromHead }: Input): object {
  const most = limit ?? MAX_EVENTS;
  if (!(Number.isInteger(most) && most >= 1 && most <= MAX_EVENTS)) {
    throw new ApiError('InvalidParameterException', `1 validation error detected: Value '${String(limit)}' at 'limit' failed to satisfy constraint: Member must have value `
      + (most < 1 ? 'greater than or equal to 1' : `less than or equal to ${MAX_EVENTS}`));
  }
  const [, direction, at] = /^([fb])\/(\d{1,12})$/.exec(nextToken ?? (startFromHead === true ? 'f/0' : `b/${events.length}`)) ?? [];
  if (at === undefined) throw new ApiError('InvalidParameterException', 'The specified nextToken is invalid.');
  let [start, end] = [Number(at), Number(at)];
  let bytes = 0;
  const fits = (event: LogEvent | undefined) => {
    if (event === undefined || end - start >= most) return false;
    bytes += Buffer.byteLength(event.message) + 26;
    return bytes <= MAX_BYTES || end === start;
  };
  if (direction === 'f') while (fits(events[end])) end += 1;
  else while (fits(events[start - 1])) start -= 1;
  return { events: events.slice(start, end), nextForwardToken: `f/${end}`, nextBackwardToken: `b/${start}` };
}
