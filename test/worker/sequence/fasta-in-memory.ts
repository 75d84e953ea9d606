import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { ErrorName } from '../../../src/contract/error-names';
import { GenomeReader } from '../../../worker/genome/genome-reader';
import { WorkerError } from '../../../worker/worker-error';

/** A genome in memory: what the tests judge is the sequences' making, not the files' reading. */
export class FastaInMemory implements GenomeReader {
  /** Reads a FASTA file; bgzip is gzip in many members, which zlib reads as one. */
  public static fromFile(path: string): FastaInMemory {
    const content = readFileSync(path);
    const text = (path.endsWith('.gz') ? gunzipSync(content) : content).toString('latin1');
    return new FastaInMemory(new Map(text.split('>').slice(1).map((record) => {
      const [header, ...lines] = record.split('\n');
      return [header.split(/\s/)[0], lines.join('')];
    })));
  }

  constructor(private readonly sequences: ReadonlyMap<string, string>) {}

  public read(seqId: string, start: number, end: number): Promise<string> {
    const sequence = this.sequences.get(seqId);
    if (sequence === undefined || start < 1 || end > sequence.length) {
      return Promise.reject(new WorkerError(ErrorName.REFERENCE_SEQUENCE_FAILED, `no bases ${seqId}:${start}-${end}`));
    }
    return Promise.resolve(sequence.slice(start - 1, end));
  }
}
