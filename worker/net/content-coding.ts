import { gunzipSync } from 'node:zlib';

/**
 * The codings that change bytes (IANA, "HTTP Content Coding Registry"). Other words in the header change none: `identity`,
 * `aws-chunked` (S3 keeps it of some uploads), an empty header, and what servers make up, such as `utf-8`.
 */
const CODINGS = ['gzip', 'x-gzip', 'deflate', 'compress', 'x-compress', 'br', 'zstd', 'dcb', 'dcz', 'exi', 'pack200-gzip', 'aes128gcm'];
const GZIP = ['gzip', 'x-gzip'];

/** The codings of a `Content-Encoding` header that change bytes, in lower case. */
export function codingsOf(header: string | undefined): string[] {
  return (header ?? '').toLowerCase().split(/[\s,]+/).filter((word) => CODINGS.includes(word));
}

/** The first coding that cannot be undone here. */
export function foreignCoding(header: string | undefined): string | undefined {
  return codingsOf(header).find((coding) => !GZIP.includes(coding));
}

/** Whether an answer says that it is packed with gzip, and is. Many servers say so of what they send as it is. */
export function isGzipped(body: Buffer, header: string | undefined): boolean {
  return codingsOf(header).some((coding) => GZIP.includes(coding)) && body.length >= 18 && body.readUIntBE(0, 3) === 0x1f8b08;
}

/** The bytes that an answer stands for. What cannot be unpacked was not packed, and is as it should be or found to be damaged later. */
export function unpacked(body: Buffer, header: string | undefined, maxBytes: number): Buffer {
  if (!isGzipped(body, header)) return body;
  try {
    return gunzipSync(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return body;
    throw new RangeError(`is unpacked more than the ${maxBytes} bytes that may be read`, { cause: error });
  }
}

/** How many bytes a gzip file says that it unpacks to. */
export function unpackedSize(body: Buffer): number {
  return body.readUInt32LE(body.length - 4);
}
