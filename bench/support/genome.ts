import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';

/** Made once, and kept for the next time. */
const FOLDER = join(tmpdir(), 'pavi-bench');
const CONTIGS = 24;
const LINE_BASES = 60;
/** Whole lines, so that a block can stand anywhere; as many as fit into bgzip's 65,280 bytes. */
const LINES_IN_BLOCK = 1070;
const BLOCK_BASES = LINES_IN_BLOCK * LINE_BASES;
const BLOCK_BYTES = LINES_IN_BLOCK * (LINE_BASES + 1);
/** So many different blocks are packed; the file is a random sequence of them, which makes a gigabyte in seconds. */
const DIFFERENT_BLOCKS = 60;
/** What bgzip puts at a file's end. */
const END_BLOCK = Buffer.from('1f8b08040000000000ff0600424302001b0003000000000000000000', 'hex');
const BLOCKS_IN_CHUNK = 500;

export interface Genome {
  readonly folder: string;
  /** `NAME.fa.gz`, with its indexes beside it. */
  readonly file: string;
  /** Of one contig; all are equally long. */
  readonly contigBases: number;
  readonly contigs: readonly string[];
}

/** A bgzip-compressed FASTA of random bases, about so many bytes long, with its `.fai` and `.gzi`. */
export async function makeGenome(megabytes: number, folder = FOLDER): Promise<Genome> {
  mkdirSync(folder, { recursive: true });
  const contigs = Array.from({ length: CONTIGS }, (_, index) => `chr${index + 1}`);
  const file = `genome-${megabytes}.fa.gz`;
  const path = join(folder, file);
  if (existsSync(path)) return { folder, file, contigs, contigBases: Number(readFileSync(`${path}.fai`, 'utf8').split('\t')[1]) };

  const random = randomNumbers(megabytes);
  const blocks = Array.from({ length: DIFFERENT_BLOCKS }, () => bgzipBlock(randomLines(random)));
  const packed = blocks.reduce((sum, block) => sum + block.length, 0) / blocks.length;
  const blocksInContig = Math.ceil(megabytes * 1e6 / packed / CONTIGS);
  const contigBases = blocksInContig * BLOCK_BASES;
  const fai: string[] = [];
  const offsets: [compressed: number, uncompressed: number][] = [];
  let [compressed, uncompressed] = [0, 0];
  const count = (block: Buffer, length: number) => {
    offsets.push([compressed, uncompressed]);
    compressed += block.length;
    uncompressed += length;
  };
  function* chunks(): Generator<Buffer> {
    for (const contig of contigs) {
      const header = `>${contig}\n`;
      let chunk = [bgzipBlock(Buffer.from(header))];
      count(chunk[0], header.length);
      fai.push(`${contig}\t${contigBases}\t${uncompressed}\t${LINE_BASES}\t${LINE_BASES + 1}\n`);
      for (let index = 0; index < blocksInContig; index++) {
        const block = blocks[Math.floor(random() * blocks.length)];
        count(block, BLOCK_BYTES);
        chunk.push(block);
        if (chunk.length === BLOCKS_IN_CHUNK) {
          yield Buffer.concat(chunk);
          chunk = [];
        }
      }
      yield Buffer.concat(chunk);
    }
    yield END_BLOCK;
  }
  const unfinished = `${path}.${process.pid}`;
  await pipeline(Readable.from(chunks()), createWriteStream(unfinished));
  writeFileSync(`${path}.fai`, fai.join(''));
  writeFileSync(`${path}.gzi`, gziIndex(offsets.slice(1)));
  renameSync(unfinished, path);
  return { folder, file, contigs, contigBases };
}

/** The number of entries, then both offsets of each block but the first, as 64 bits with the low byte first (manual page bgzip(1)). */
function gziIndex(offsets: readonly (readonly [number, number])[]): Buffer {
  const index = Buffer.alloc(8 + 16 * offsets.length);
  index.writeBigUInt64LE(BigInt(offsets.length), 0);
  offsets.forEach((pair, entry) => pair.forEach((offset, place) => index.writeBigUInt64LE(BigInt(offset), 8 + 16 * entry + 8 * place)));
  return index;
}

/** A gzip member whose extra field BC has its size less one (SAM/BAM format specification, section 4.1). */
function bgzipBlock(content: Buffer): Buffer {
  const member = gzipSync(content, { level: 6 });
  const header = Buffer.from('1f8b08040000000000ff060042430200', 'hex');
  const [deflated, trailer] = [member.subarray(10, -8), member.subarray(-8)];
  const size = Buffer.alloc(2);
  size.writeUInt16LE(header.length + 2 + deflated.length + trailer.length - 1);
  return Buffer.concat([header, size, deflated, trailer]);
}

function randomLines(random: () => number): Buffer {
  const lines = Buffer.alloc(BLOCK_BYTES);
  for (let at = 0; at < BLOCK_BYTES; at++) lines[at] = at % (LINE_BASES + 1) === LINE_BASES ? 10 : 'ACGT'.charCodeAt(Math.floor(random() * 4));
  return lines;
}

/** From 0 to 1, the same ones each time (a linear congruential generator with the constants of Numerical Recipes). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
