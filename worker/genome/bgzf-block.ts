import { gunzipSync } from 'node:zlib';

/** "Each BGZF block is at most 64 KiB, compressed and uncompressed" (SAM/BAM format specification, section 4.1). */
export const MAX_BGZF_BLOCK_BYTES = 65_536;
const HEADER_BYTES = 12;
/** The flag of a header with extra fields. */
const FEXTRA = 4;

/** Whether bytes begin as a gzip file does (RFC 1952). */
export function beginsGzip(bytes: Buffer): boolean {
  return bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0x1f8b08;
}

/** The size of the block that begins at `at`, as its header says (subfield BC), or undefined if there is no such header. */
export function blockSize(bytes: Buffer, at = 0): number | undefined {
  if (bytes.length < at + HEADER_BYTES || bytes.readUIntBE(at, 3) !== 0x1f8b08 || Math.floor(bytes[at + 3] / FEXTRA) % 2 === 0) return undefined;
  const end = Math.min(bytes.length, at + HEADER_BYTES + bytes.readUInt16LE(at + 10));
  for (let field = at + HEADER_BYTES; field + 4 <= end;) {
    const length = bytes.readUInt16LE(field + 2);
    if (bytes[field] === 0x42 && bytes[field + 1] === 0x43 && length === 2 && field + 6 <= end) return bytes.readUInt16LE(field + 4) + 1;
    field += 4 + length;
  }
  return undefined;
}

/** Unpacks one block; checks its CRC32 and its length as well. */
export function unpackBlock(block: Buffer): Buffer {
  return gunzipSync(block, { maxOutputLength: MAX_BGZF_BLOCK_BYTES });
}
