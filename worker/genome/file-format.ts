import { beginsGzip, blockSize } from './bgzf-block';

/** What a file's first bytes show: which of both kinds that can be read it is, or why it cannot be read. */
export type FileFormat = { readonly kind: 'plain' | 'bgzip' | 'unknown' } | { readonly kind: 'foreign'; readonly what: string; readonly fix: string };

/** So many bytes are looked at. */
export const FIRST_BYTES = 64;

const UNPACK = 'unpack it, compress it with bgzip, and index it with samtools faidx';
/** The first bytes of other ways to pack files (their specifications; the list of file(1)). */
const PACKED: readonly (readonly [what: string, first: string])[] = [
  ['zip', '504b0304'], ['bzip2', '425a68'], ['xz', 'fd377a585a00'], ['zstd', '28b52ffd'], ['lz4', '04224d18'], ['compress', '1f9d'], ['7-Zip', '377abcaf271c'],
];

export function formatOf(first: Buffer): FileFormat {
  if (blockSize(first) !== undefined) return { kind: 'bgzip' };
  if (beginsGzip(first)) return { kind: 'foreign', what: 'is compressed with gzip and not with bgzip, so it cannot be read in parts', fix: UNPACK };
  const packed = PACKED.find(([, bytes]) => first.toString('hex').startsWith(bytes));
  if (packed !== undefined) return { kind: 'foreign', what: `is compressed with ${packed[0]} and not with bgzip, so it cannot be read in parts`, fix: UNPACK };
  if (/^(fffe|feff)/.test(first.toString('hex'))) return { kind: 'foreign', what: 'is text of 16 bits a character', fix: 'save it as plain ASCII or UTF-8, and index it again' };
  const text = first.toString('latin1').trimStart();
  if (/^<(!doctype|html|\?xml)/i.test(text)) return { kind: 'foreign', what: 'is a web page or XML and not FASTA', fix: 'give the address of the file itself' };
  return { kind: /^(ï»¿)?[>;]/.test(text) ? 'plain' : 'unknown' };
}
