/** Whether the file system refused something that a user chose: a file in the way, no right, no room. */
export function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}
