/** A place that holds files: a folder of this machine, or the keys of a bucket that begin alike. Errors are WorkerErrors. */
export interface Folder {
  /** The URI or path of a file in it, for messages. */
  uriOf(name: string): string;
  /** The names of the files directly in it that end so, in byte order. */
  list(suffix: string): Promise<string[]>;
  /** A whole file. Where it is not there or has more than `maxBytes`: an error that says so. */
  read(name: string, maxBytes: number): Promise<Buffer>;
  /** A whole file, however long, as a file of this machine; where it has to be brought here, it is put into the folder `scratch`. */
  fetch(name: string, scratch: string): Promise<string>;
  /** Puts a file there at once, or not at all; one that is there already is replaced. */
  write(name: string, content: string): Promise<void>;
  /** The same, with the content of a file of this machine. */
  upload(name: string, path: string): Promise<void>;
}
