/**
 * Sorts names by their UTF-8 bytes, in place: the order in which S3 lists keys and the run contract joins files. JavaScript's own
 * order compares 16-bit units.
 */
export function inByteOrder(names: string[]): string[] {
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
