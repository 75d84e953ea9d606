import { createHash } from 'node:crypto';
import { ErrorName } from '../../src/contract/error-names';
import { ExitCode } from '../../src/contract/exit-codes';
import { LogEvent } from '../../src/contract/log-events';
import { log } from '../log';
import { Limit } from '../net/limit';
import { WorkerError } from '../worker-error';
import { BgzfLayout } from './bgzf-layout';
import { BlockLayout, NoText, PlainLayout } from './block-layout';
import { BlockStore } from './block-store';
import { ByteSource, Misfit, unusable } from './byte-source';
import { FastaIndex, IndexedSequence, offsetOf } from './fasta-index';
import { basesOf } from './fasta-lines';
import { FileFormat, FIRST_BYTES, formatOf } from './file-format';
import { GenomeMemory, IndexRoom } from './genome-memory';
import { GenomeReader } from './genome-reader';
import { GziIndex } from './gzi-index';
import { headerWarning, staleIndexes } from './stale-index';

/** The largest genomes' indexes have a few megabytes (bread wheat, 15 Gb: 4 MB of .gzi); a draft of a million contigs has a .fai of 40 MB. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024;
/** No transcript's part is so long; the longest known human intron, even, has 1.2 million bases. */
const MAX_REGION_BASES = 5_000_000;
const MAX_REGION_BYTES = 64 * 1024 * 1024;
/** To read one transcript's blocks; with its two indexes that makes six. */
const REQUESTS_PER_ENTRY = 4;

/** The files of one genome. */
export interface GenomeSources {
  readonly fasta: ByteSource;
  readonly fai: ByteSource;
  readonly gzi: ByteSource;
  /** Whether the name is one of a compressed file. The bytes decide; the name saves a request. */
  readonly namedCompressed: boolean;
}

/** What the genomes of a command share. */
export interface SharedReading {
  readonly memory: GenomeMemory;
  /** Of requests at once. */
  readonly limit: Limit;
}

/** An index that was read, and what it keeps of the memory. */
interface ReadIndex<T> {
  readonly index: T;
  readonly sha256: string;
  readonly room: IndexRoom;
}

/** A faidx-indexed FASTA file, read by byte range. */
export class GenomeFile implements GenomeReader {
  /**
   * Reads the indexes, once.
   *
   * @param wanted the sequences that will be read; undefined: any
   */
  public static async open(sources: GenomeSources, shared: SharedReading, wanted?: ReadonlySet<string>): Promise<GenomeFile> {
    const reading = sources.namedCompressed ? readGzi(sources.gzi, shared) : undefined;
    reading?.catch(() => undefined);
    let fai: ReadIndex<FastaIndex>;
    try {
      fai = await readFai(sources.fai, shared, wanted);
    } catch (error) {
      reading?.then(({ room }) => room.release(), () => undefined);
      throw error;
    }
    const genome = new GenomeFile(sources, shared, fai);
    try {
      await genome.begin(reading);
      return genome;
    } catch (error) {
      genome.close();
      throw error;
    }
  }

  private readonly name: string;
  private readonly index: FastaIndex;
  private readonly rooms: IndexRoom[];
  private blocks: BlockStore;
  private compressed = false;
  private format?: Promise<FileFormat>;
  /** Whether the bytes were of another kind than the name. */
  private corrected?: Promise<boolean>;

  private constructor(private readonly sources: GenomeSources, private readonly shared: SharedReading, private readonly fai: ReadIndex<FastaIndex>) {
    this.name = sources.fasta.name;
    this.index = fai.index;
    this.rooms = [fai.room];
    this.blocks = this.plainBlocks(true);
  }

  /** What a user of a sequence should know of the files that were read. It reads nothing more. */
  public async warningsOf(seqId: string): Promise<string[]> {
    const { fasta, fai, gzi } = this.sources;
    const stale = staleIndexes(fasta, [fai, ...this.compressed ? [gzi] : []]);
    const sequence = this.index.find(seqId);
    const before = sequence !== undefined && sequence.offset > 0 ? await this.blocks.keptBefore(sequence.offset).catch(() => undefined) : undefined;
    const header = before && headerWarning(fai, seqId, before);
    return header === undefined ? stale : [...stale, header];
  }

  /** Frees the memory of the indexes. */
  public close(): void {
    this.rooms.forEach((room) => room.release());
  }

  /**
   * Starts to read what these intervals need, so that it is read with few requests; an interval that cannot be is left to `read`.
   *
   * @param entries so many entries' intervals they are
   */
  public prefetch(intervals: readonly { readonly seqId: string; readonly start: number; readonly end: number }[], entries: number): void {
    const known = intervals.flatMap(({ seqId, start, end }) => {
      const sequence = this.index.find(seqId);
      if (sequence === undefined || start < 1 || end < start || end > sequence.length || end - start >= MAX_REGION_BASES) return [];
      const stretch = { start: offsetOf(sequence, start), end: offsetOf(sequence, end) + 1 };
      return stretch.end - stretch.start > MAX_REGION_BYTES ? [] : [stretch];
    });
    this.blocks.prefetch(known, entries * REQUESTS_PER_ENTRY);
  }

  public async read(seqId: string, start: number, end: number): Promise<string> {
    const sequence = this.sequence(seqId, start, end);
    const from = offsetOf(sequence, start);
    const to = offsetOf(sequence, end) + 1;
    if (to - from > MAX_REGION_BYTES) {
      throw failed(`${seqId}:${start}-${end} takes too many bytes of ${this.name}`, `at most ${MAX_REGION_BYTES} bytes`, `${to - from} bytes`);
    }
    const readWith = async (blocks: BlockStore) => {
      const lines = basesOf(await blocks.read(from, to), from - sequence.offset, sequence);
      if ('bases' in lines) return lines.bases;
      throw new Misfit(`${this.name} does not fit its .fai at ${seqId}:${start}-${end}: there is ${JSON.stringify(lines.found)} where the index has `
        + `${/\s/.test(lines.found) ? 'a base; take white space out of its lines (but at their ends), or' : 'something else;'} make the index again with: samtools faidx`,
      `${end - start + 1} bases`, `${JSON.stringify(lines.found)} at offset ${from + lines.wrongAt}`);
    };
    const { blocks } = this;
    try {
      return await readWith(blocks);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      return readWith(await this.blocksInstead(blocks, error));
    }
  }

  private sequence(seqId: string, start: number, end: number): IndexedSequence {
    const sequence = this.index.find(seqId);
    if (sequence === undefined) throw failed(`${this.name} has no sequence "${seqId}"`, `one of ${this.index.someNames}`, seqId);
    if (start < 1 || end > sequence.length || end < start) {
      throw failed(`${seqId}:${start}-${end} lies outside of ${seqId} in ${this.name}`, `positions 1 to ${sequence.length}`, `${start} to ${end}`);
    }
    if (end - start >= MAX_REGION_BASES) {
      throw failed(`${seqId}:${start}-${end} is too long for a part of a transcript`, `at most ${MAX_REGION_BASES} bases`, `${end - start + 1} bases`);
    }
    return sequence;
  }

  /** Takes the file for what its name says. */
  private async begin(reading: Promise<ReadIndex<GziIndex>> | undefined): Promise<void> {
    const gzi = reading && await this.unlessPlain(reading);
    if (gzi !== undefined) this.useCompressed(gzi);
    log(LogEvent.GENOME, { name: this.name, faiSha256: this.fai.sha256, ...gzi === undefined ? {} : { gziSha256: gzi.sha256 } });
  }

  /** The index of compressed blocks; undefined if there is none because the file is not compressed, whatever its name is. */
  private async unlessPlain(reading: Promise<ReadIndex<GziIndex>>): Promise<ReadIndex<GziIndex> | undefined> {
    try {
      return await reading;
    } catch (error) {
      if (!(error instanceof WorkerError) || error.errorName !== ErrorName.GENOME_UNAVAILABLE || error.exitCode !== ExitCode.BAD_INPUT) throw error;
      const format = await this.firstBytes();
      if (format.kind === 'plain') return undefined;
      throw format.kind === 'foreign' ? this.foreign(format) : error;
    }
  }

  /** The blocks to read with, if the file turns out to be of another kind than those were for. */
  private async blocksInstead(used: BlockStore, misfit: Misfit): Promise<BlockStore> {
    if (this.blocks === used) {
      this.corrected ??= this.correct(misfit);
      if (!await this.corrected || this.blocks === used) throw misfit;
    }
    return this.blocks;
  }

  private async correct(misfit: Misfit): Promise<boolean> {
    const format = await this.firstBytes();
    if (format.kind === 'foreign') throw this.foreign(format);
    if (format.kind === 'bgzip' && !this.compressed) {
      const gzi = await readGzi(this.sources.gzi, this.shared);
      this.useCompressed(gzi);
      log(LogEvent.GENOME, { name: this.name, faiSha256: this.fai.sha256, gziSha256: gzi.sha256 });
      return true;
    }
    if (format.kind !== 'plain' || !(this.compressed || misfit instanceof NoText)) return false;
    this.compressed = false;
    this.blocks = this.plainBlocks(false);
    return true;
  }

  private useCompressed({ index, room }: ReadIndex<GziIndex>): void {
    this.rooms.push(room);
    this.compressed = true;
    this.blocks = this.blocksIn(new BgzfLayout(this.name, index));
  }

  private plainBlocks(checksText: boolean): BlockStore {
    return this.blocksIn(new PlainLayout(this.name, this.index.end, checksText));
  }

  private blocksIn(layout: BlockLayout): BlockStore {
    return new BlockStore(this.sources.fasta, layout, this.shared.memory, this.shared.limit);
  }

  /** Read only if something does not fit: what can be read is told by its blocks. */
  private firstBytes(): Promise<FileFormat> {
    this.format ??= this.shared.limit.run(async () => formatOf(await this.sources.fasta.range(0, FIRST_BYTES)));
    return this.format.catch(() => ({ kind: 'unknown' }));
  }

  private foreign({ what, fix }: { readonly what: string; readonly fix: string }): WorkerError {
    return unusable(`${this.name} ${what}; ${fix}`, 'a FASTA file, as it is or compressed with bgzip');
  }
}

function readFai(source: ByteSource, shared: SharedReading, wanted: ReadonlySet<string> | undefined): Promise<ReadIndex<FastaIndex>> {
  return readIndex(source, shared, (bytes) => {
    const index = new FastaIndex(bytes, source.name, wanted);
    return { index, kept: index.keptBytes };
  });
}

function readGzi(source: ByteSource, shared: SharedReading): Promise<ReadIndex<GziIndex>> {
  return readIndex(source, shared, (bytes) => ({ index: new GziIndex(bytes, source.name), kept: bytes.length }));
}

/** Reads an index, under the memory's budget. */
async function readIndex<T>(
  source: ByteSource, { memory, limit }: SharedReading, parse: (bytes: Buffer) => { readonly index: T; readonly kept: number },
): Promise<ReadIndex<T>> {
  const room = memory.indexRoom(source.name);
  try {
    const bytes = await limit.run(() => source.whole(MAX_INDEX_BYTES, (size) => room.take(size)));
    const { index, kept } = parse(bytes);
    room.keep(kept);
    return { index, room, sha256: sha256(bytes) };
  } catch (error) {
    room.release();
    if (!(error instanceof WorkerError) || error.errorName !== ErrorName.GENOME_UNAVAILABLE) throw error;
    throw new WorkerError(error.errorName, `the genome's index cannot be had: ${error.message}; a FASTA file needs its .fai beside it, `
      + 'and its .gzi if it is compressed (samtools faidx makes both)', { expected: error.expected, found: error.found, cause: error, exitCode: error.exitCode });
  }
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function failed(message: string, expected: unknown, found: unknown): WorkerError {
  return new WorkerError(ErrorName.REFERENCE_SEQUENCE_FAILED, message, { expected, found });
}
