import { ByteSource, unusable } from './byte-source';
import { TransientError } from '../net/retry';

/** What a server says and sent of a range of a file. */
export interface RangeAnswer {
  readonly contentRange: string | undefined;
  readonly body: Buffer;
}

/**
 * Checks that an answer is the asked for range, up to the end of the file.
 *
 * @throws TransientError where it is another range or has not all its bytes; WorkerError where it says nothing of a range
 */
export function checkedRange({ name }: ByteSource, start: number, length: number, { contentRange, body }: RangeAnswer): Buffer {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(contentRange ?? '');
  if (match === null) throw unusable(`${name} answered 206 without a usable Content-Range`, 'bytes FROM-TO/SIZE', contentRange);
  const [from, to] = [Number(match[1]), Number(match[2])];
  // A server that does not know the size may send less; then the bytes' own checks say whether that was the end.
  const last = match[3] === '*' ? Math.min(to, start + length - 1) : Math.min(start + length, Number(match[3])) - 1;
  if (from !== start || to !== last || body.length !== last - start + 1) {
    throw new TransientError(`${name} answered with bytes ${from}-${to} (${body.length} of them), not with ${start}-${last}`);
  }
  return body;
}

/** A server that sends the whole file where a range was asked for. It is not read. */
export function noRanges({ name }: ByteSource): Error {
  return unusable(`${name}: the server does not answer ranges of a file; the genome must lie on one that does, for example S3`,
    'status 206', 'status 200');
}
