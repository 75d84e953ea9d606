import { createHash } from 'node:crypto';
import { ErrorName } from '../../src/contract/error-names';
import { LogEvent } from '../../src/contract/log-events';
import { log } from '../log';
import { Limit } from '../net/limit';
import { WorkerError } from '../worker-error';
import { BlockCache } from './block-cache';
import { parseBgzfLayout, PlainLayout } from './block-layout';
import { BlockStore } from './block-store';
import { ByteSource, unusable } from './byte-source';
import { FastaIndex, IndexedSequence, offsetOf } from './fasta-index';
import { GenomeReader } from './genome-reader';

/** The largest genomes' indexes have a few megabytes (bread wheat, 15 Gb: 4 MB of .gzi); a draft of a million contigs has a .fai of 40 MB. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024;
/** No transcript's part is so long; the longest known human intron, even, has 1.2 million bases. */
const MAX_REGION_BASES = 5_000_000;
const MAX_LISTED_NAMES = 10;
/** To read one transcript's blocks; with its two indexes that makes six. */
const REQUESTS_PER_ENTRY = 4;
const LF = 10;

/** The files of one genome. */
export interface GenomeSources {
  readonly fasta: ByteSource;
  readonly fai: ByteSource;
  /** Of a bgzip-compressed FASTA. */
  readonly gzi?: ByteSource;
}

/** What the genomes of a command share. */
export interface SharedReading {
  readonly cache: BlockCache;
  /** Of requests at once. */
  readonly limit: Limit;
}

/** A faidx-indexed FASTA file, read by byte range. */
export class GenomeFile implements GenomeReader {
  /** Reads the indexes, once. */
  public static async open(sources: GenomeSources, { cache, limit }: SharedReading): Promise<GenomeFile> {
    const [fai, gzi] = await Promise.all([sources.fai, sources.gzi].map((source) => source && limit.run(() => readIndex(source))));
    log(LogEvent.GENOME, { name: sources.fasta.name, faiSha256: sha256(fai!), ...gzi === undefined ? {} : { gziSha256: sha256(gzi) } });
    const layout = gzi === undefined ? new PlainLayout() : parseBgzfLayout(gzi, sources.gzi!.name, sources.fasta.name);
    return new GenomeFile(sources.fasta.name, new FastaIndex(fai!, sources.fai.name), new BlockStore(sources.fasta, layout, cache, limit));
  }

  private constructor(private readonly name: string, private readonly index: FastaIndex, private readonly blocks: BlockStore) {}

  /**
   * Starts to read what these intervals need, so that it is read with few requests; an interval that cannot be is left to `read`.
   *
   * @param entries so many entries' intervals they are
   */
  public prefetch(intervals: readonly { readonly seqId: string; readonly start: number; readonly end: number }[], entries: number): void {
    const known = intervals.flatMap(({ seqId, start, end }) => {
      const sequence = this.index.find(seqId);
      if (sequence === undefined || start < 1 || end < start || end > sequence.length || end - start >= MAX_REGION_BASES) return [];
      return [{ start: offsetOf(sequence, start), end: offsetOf(sequence, end) + 1 }];
    });
    this.blocks.prefetch(known, entries * REQUESTS_PER_ENTRY);
  }

  public async read(seqId: string, start: number, end: number): Promise<string> {
    const sequence = this.sequence(seqId, start, end);
    const from = offsetOf(sequence, start);
    const bytes = await this.blocks.read(from, offsetOf(sequence, end) + 1);
    const bases = bytes.toString('latin1').replace(/\r?\n/g, '');
    if (bases.length !== end - start + 1 || !/^[A-Za-z*-]*$/.test(bases) || !linesEndAsIndexed(bytes, from - sequence.offset, sequence)) {
      throw unusable(`${this.name} does not fit its .fai at ${seqId}:${start}-${end}; make the index again with: samtools faidx`,
        `${end - start + 1} bases`, `"${bases.slice(0, 40)}"${bases.length > 40 ? '...' : ''}, ${bases.length} characters`);
    }
    return bases;
  }

  private sequence(seqId: string, start: number, end: number): IndexedSequence {
    const sequence = this.index.find(seqId);
    if (sequence === undefined) {
      const names = this.index.firstNames(MAX_LISTED_NAMES + 1);
      throw failed(`${this.name} has no sequence "${seqId}"`, `one of ${names.slice(0, MAX_LISTED_NAMES).join(', ')}${names.length > MAX_LISTED_NAMES ? ', ...' : ''}`, seqId);
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

/** Whether each line's end is where the index has one; else the index is of another file, whose lines are as long. */
function linesEndAsIndexed(bytes: Buffer, from: number, { bytesPerLine }: IndexedSequence): boolean {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if ((from + at) % bytesPerLine !== bytesPerLine - 1) return false;
  }
  return true;
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

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function failed(message: string, expected: unknown, found: unknown): WorkerError {
  return new WorkerError(ErrorName.REFERENCE_SEQUENCE_FAILED, message, { expected, found });
}
