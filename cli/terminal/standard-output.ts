/** What a shell says of a program that SIGPIPE has ended: 128 and the signal's number. */
const READER_GONE = 141;

/**
 * Ends the process when nobody reads its output any more (`pavi-pipeline logs ... | head`), as other programs of a shell end; without it
 * the command would go on for nobody, or end with the stack of an error that is none.
 *
 * @param ends false where what goes on matters more than who reads
 */
export function endWithReader(ends: boolean): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (ends) process.exit(READER_GONE);
  });
  // Messages that nobody reads change nothing.
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
