import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { LocalFolder } from './local-folder';
import { parseS3Uri } from './s3-client';
import { S3Folder } from './s3-folder';

/** A place that holds files: a folder of this machine, or the keys of a bucket that begin alike. Errors are WorkerErrors. */
export interface Folder {
  /** The URI or path of a file in it, for messages. */
  uriOf(name: string): string;
  /** The names of the files directly in it that end so, in byte order. */
  list(suffix: string): Promise<string[]>;
  /** A whole file. Where it is not there or has more than `maxBytes`: an error that says so. */
  read(name: string, maxBytes: number): Promise<Buffer>;
  /** A file from its beginning on, however long. */
  stream(name: string): Promise<Readable>;
  /** Puts a file there at once, or not at all; one that is there already is replaced. */
  write(name: string, content: string): Promise<void>;
  /** The same, with the content of a file of this machine. */
  upload(name: string, path: string): Promise<void>;
}

/** A file in its folder. */
export interface FilePlace {
  readonly folder: Folder;
  readonly name: string;
  readonly uri: string;
}

/** @param place a path, a `file://` URI or an `s3://` URI; a slash at its end changes nothing */
export function openFolder(place: string): Folder {
  const object = parseS3Uri(place);
  if (object !== undefined) return new S3Folder(object.bucket, object.key === '' || object.key.endsWith('/') ? object.key : `${object.key}/`);
  return new LocalFolder(localPath(place));
}

/** @param place a path, a `file://` URI or an `s3://` URI */
export function openFile(place: string): FilePlace {
  const at = place.lastIndexOf('/') + 1;
  const [folder, name] = [place.slice(0, at), place.slice(at)];
  return { folder: openFolder(folder === '' ? '.' : folder), name, uri: place };
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

function localPath(place: string): string {
  return place.startsWith('file:///') ? fileURLToPath(place) : place.replace(/^file:\/\//, '');
}
