import { header } from '../../signing/signed-request';
import type { StoredObject } from '../object-store';
import { noSuchKey, notImplemented, preconditionFailed } from '../s3-error';
import { S3Request } from '../s3-request';

/**
 * `If-Match`, `If-None-Match`, `If-Modified-Since` and `If-Unmodified-Since` of a read, with their precedence (RFC 9110, section 13.2.2).
 *
 * @returns whether the answer is "304 Not Modified"
 */
export function isNotModified(request: S3Request, object: StoredObject): boolean {
  const [ifMatch, ifNoneMatch] = [header(request, 'if-match'), header(request, 'if-none-match')];
  const [modifiedSince, unmodifiedSince] = [header(request, 'if-modified-since'), header(request, 'if-unmodified-since')];
  const modified = Date.parse(object.lastModified);
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object.etag)) throw preconditionFailed('If-Match');
  } else if (unmodifiedSince !== undefined && modified > Date.parse(unmodifiedSince)) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object.etag);
  return modifiedSince !== undefined && modified <= Date.parse(modifiedSince);
}

/** The conditions of a write: `If-None-Match: *` (the key must be new) and `If-Match: ETAG` (it must be the one that is known). */
export function checkWriteConditions(request: S3Request, key: string, present: StoredObject | undefined): void {
  const [ifMatch, ifNoneMatch] = [header(request, 'if-match'), header(request, 'if-none-match')];
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() !== '*') throw notImplemented('If-None-Match with an ETag on a write');
    if (present !== undefined) throw preconditionFailed('If-None-Match');
  }
  if (ifMatch === undefined) return;
  if (present === undefined) throw noSuchKey(key);
  if (!matches(ifMatch, present.etag)) throw preconditionFailed('If-Match');
}

function matches(list: string, etag: string): boolean {
  return list.split(',').map((item) => item.trim().replace(/^W\//, '').replace(/^"(.*)"$/, '$1')).some((item) => item === '*' || item === etag);
}
