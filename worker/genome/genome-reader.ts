/** Reads the forward strand of one FASTA file. */
export interface GenomeReader {
  /**
   * The bases `start` to `end` (1-based, inclusive) of the sequence `seqId`, letters in the case that the file has them.
   *
   * @throws WorkerError where the sequence is unknown, the interval lies outside of it, or the file cannot be read or is damaged.
   */
  read(seqId: string, start: number, end: number): Promise<string>;
}
