import { ErrorName } from '../../src/contract/error-names';
import { WorkerError } from '../worker-error';
import { parseBgzfLayout, PlainLayout } from './block-layout';
import { BlockStore } from './block-store';
import { ByteSource, unusable } from './byte-source';
import { FastaIndex, IndexedSequence, offsetOf, parseFastaIndex } from './fasta-index';
import { GenomeReader } from './genome-reader';

/** The largest genomes' indexes have a few megabytes (bread wheat, 15 Gb: 4 MB of .gzi). */
const MAX_INDEX_BYTES = 64 * 1024 * 1024;
/** No transcript's part is so long; the longest known human intron, even, has 1.2 million bases. */
const MAX_REGION_BASES = 10_000_000;
const MAX_LISTED_NAMES = 10;

/** The files of one genome. */
export interface GenomeSources {
  readonly fasta: ByteSource;
  readonly fai: ByteSource;
  /** Of a bgzip-compressed FASTA. */
  readonly gzi?: ByteSource;
}

/** A faidx-indexed FASTA file, read by byte range. */
export class GenomeFile implements GenomeReader {
  /** Reads the indexes, once. */
  public static async open(sources: GenomeSources): Promise<GenomeFile> {
    const [fai, gzi] = await Promise.all([readIndex(sources.fai), sources.gzi && readIndex(sources.gzi)]);
    const layout = gzi === undefined ? new PlainLayout() : parseBgzfLayout(gzi, sources.gzi!.name, sources.fasta.name);
    return new GenomeFile(sources.fasta.name, parseFastaIndex(fai.toString('utf8'), sources.fai.name), new BlockStore(sources.fasta, layout));
  }

  private constructor(private readonly name: string, private readonly index: FastaIndex, private readonly blocks: BlockStore) {}

  /** Starts to read what these intervals need, so that it is read with few requests; an interval that cannot be is left to `read`. */
  public prefetch(intervals: readonly { readonly seqId: string; readonly start: number; readonly end: number }[]): void {
    this.blocks.prefetch(intervals.flatMap(({ seqId, start, end }) => {
      const sequence = this.index.get(seqId);
      if (sequence === undefined || start < 1 || end < start || end > sequence.length || end - start >= MAX_REGION_BASES) return [];
      return this.blocks.blocksOf(offsetOf(sequence, start), offsetOf(sequence, end) + 1);
    }));
  }

  public async read(seqId: string, start: number, end: number): Promise<string> {
    const sequence = this.sequence(seqId, start, end);
    const bytes = await this.blocks.read(offsetOf(sequence, start), offsetOf(sequence, end) + 1);
    const bases = bytes.toString('latin1').replace(/\r?\n/g, '');
    if (bases.length !== end - start + 1 || !/^[A-Za-z*-]*$/.test(bases)) {
      throw unusable(`${this.name} does not fit its .fai at ${seqId}:${start}-${end}; make the index again with: samtools faidx`,
        `${end - start + 1} bases`, `"${bases.slice(0, 40)}"${bases.length > 40 ? '...' : ''}, ${bases.length} characters`);
    }
    return bases;
  }

  private sequence(seqId: string, start: number, end: number): IndexedSequence {
    const sequence = this.index.get(seqId);
    if (sequence === undefined) {
      const names = [...this.index.keys()];
      throw failed(`${this.name} has no sequence "${seqId}"`,
        `one of ${names.slice(0, MAX_LISTED_NAMES).join(', ')}${names.length > MAX_LISTED_NAMES ? `, ... (${names.length})` : ''}`, seqId);
    }
    if (start < 1 || end > sequence.length || end < start) {
      throw failed(`${seqId}:${start}-${end} lies outside of ${seqId} in ${this.name}`, `positions 1 to ${sequence.length}`, `${start} to ${end}`);
    }
    if (end - start >= MAX_REGION_BASES) {
      throw failed(`${seqId}:${start}-${end} is too long for a part of a transcript`, `at most ${MAX_REGION_BASES} bases`, `${end - start + 1} bases`);
    }
    return sequence;
  }
}

async function readIndex(source: ByteSource): Promise<Buffer> {
  try {
    return await source.whole(MAX_INDEX_BYTES);
  } catch (error) {
    if (!(error instanceof WorkerError) || error.errorName !== ErrorName.GENOME_UNAVAILABLE) throw error;
    throw new WorkerError(error.errorName, `the genome's index cannot be had: ${error.message}; a FASTA file needs its .fai beside it, `
      + 'and its .gzi where it ends in .gz (samtools faidx makes both)', { expected: error.expected, found: error.found, cause: error, exitCode: error.exitCode });
  }
}

function failed(message: string, expected: unknown, found: unknown): WorkerError {
  return new WorkerError(ErrorName.REFERENCE_SEQUENCE_FAILED, message, { expected, found });
}
