import { ByteSource, unusable } from './byte-source';
import { TransientError } from '../net/retry';

/** What a server says and sent of a range of a file. */
export interface RangeAnswer {
  readonly contentRange: string | undefined;
  readonly body: Buffer;
}

/** The first and the last byte of a range, and the size of its file where the server knows it. */
export interface ContentRange {
  readonly from: number;
  readonly to: number;
  readonly size: number | undefined;
}

/** A file of up to so many bytes is taken if a server sends it whole in answer to a range. */
export const WHOLE_ANSWER_BYTES = 64 * 1024;

/** Reads a `Content-Range`; units are the same in any case (RFC 9110, section 14.1). */
export function parseContentRange(header: string | undefined): ContentRange | undefined {
  const match = /^\s*bytes[\s=:]+(\d+)\s*-\s*(\d+)\s*\/\s*(\d+|\*)\s*$/i.exec(header ?? '');
  return match === null ? undefined : { from: Number(match[1]), to: Number(match[2]), size: match[3] === '*' ? undefined : Number(match[3]) };
}

/** The size in the `Content-Range` of an answer that refuses a range: `bytes * /SIZE`, without the blank. */
export function sizeOfRefused(header: string | undefined): number | undefined {
  const match = /^\s*bytes[\s=:]+\*\s*\/\s*(\d+)\s*$/i.exec(header ?? '');
  return match === null ? undefined : Number(match[1]);
}

/**
 * Checks that an answer is the asked for range, up to the end of the file.
 *
 * @throws TransientError if it is another range or has not all its bytes; WorkerError if it does not say which range it is
 */
export function checkedRange({ name }: ByteSource, start: number, length: number, { contentRange, body }: RangeAnswer): Buffer {
  const range = parseContentRange(contentRange);
  if (range === undefined) throw unusable(`${name} answered 206 without a usable Content-Range`, 'bytes FROM-TO/SIZE', contentRange);
  const { from, to, size } = range;
  // A server that does not know the size may send less; then the bytes' own checks say whether that was the end.
  const last = size === undefined ? Math.min(to, start + length - 1) : Math.min(start + length, size) - 1;
  if (from !== start || to !== last || body.length !== last - start + 1) {
    throw new TransientError(`${name} answered with bytes ${from}-${to} (${body.length} of them), not with ${start}-${last}`);
  }
  return body;
}

/** A server that sends a large file whole where a range was asked for. It is not read. */
export function noRanges({ name }: ByteSource): Error {
  return unusable(`${name}: the server does not answer ranges of a file; put the genome on one that does, for example S3`,
    'status 206', 'status 200');
}
