import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Folder } from './folder';
import { LocalFolder } from './local-folder';
import { S3Folder } from './s3-folder';
import { storageFailure } from './storage-failure';
import { parseS3Uri } from '../../formats/s3-uri';

/** A file in its folder. */
export interface FilePlace {
  readonly folder: Folder;
  readonly name: string;
  readonly uri: string;
}

/** @param place a path, a `file://` URI or an `s3://` URI; a slash at its end changes nothing */
export function openFolder(place: string): Folder {
  const object = parseS3Uri(place);
  if (object === undefined) return new LocalFolder(localPath(place));
  return new S3Folder(object.bucket, object.key === '' || object.key.endsWith('/') ? object.key : `${object.key}/`);
}

/**
 * @param place a path, a `file://` URI or an `s3://` URI
 * @throws WorkerError where it names a folder
 */
export function openFile(place: string): FilePlace {
  const object = parseS3Uri(place);
  const path = object?.key ?? localPath(place);
  if (path === '' || path.endsWith('/')) {
    throw storageFailure(`${place} is no place for a file`, { transient: false, expected: 'a path, file:///PATH or s3://BUCKET/KEY, without a slash at its end', found: place });
  }
  if (object === undefined) return { folder: new LocalFolder(dirname(path)), name: basename(path), uri: place };
  const at = path.lastIndexOf('/') + 1;
  return { folder: new S3Folder(object.bucket, path.slice(0, at)), name: path.slice(at), uri: place };
}

/** The folder below another one. */
export function childPlace(place: string, name: string): string {
  return `${place === '' ? '.' : place.replace(/\/+$/, '')}/${name}`;
}

/** The folder that a file lies in. */
export function parentPlace(place: string): string {
  const at = place.lastIndexOf('/');
  return at < 0 ? '.' : place.slice(0, at + 1);
}

/** The path of a local place; undefined for one of S3. */
export function localPathOf(place: string): string | undefined {
  return parseS3Uri(place) === undefined ? localPath(place) : undefined;
}

/** @throws WorkerError for a place of another kind, which would else become a folder of that name */
function localPath(place: string): string {
  if (place.startsWith('file:///')) {
    try {
      return fileURLToPath(place);
    } catch (error) {
      throw storageFailure(`${place} is no file:// URI: ${(error as Error).message}`, { transient: false, expected: 'file:///PATH', found: place, cause: error });
    }
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(place)?.[1];
  if (scheme !== undefined && scheme !== 'file') {
    throw storageFailure(`${place} is no place that the worker knows`, { transient: false, expected: 'a path, file:///PATH or s3://BUCKET/KEY', found: `${scheme}://` });
  }
  return place.replace(/^file:\/\//, '');
}
