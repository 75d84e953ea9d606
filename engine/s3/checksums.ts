import { createHash } from 'node:crypto';
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import { invalidArgument, S3Error } from './s3-error';

/** Of S3's additional checksums, those that the SDKs send. */
export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; of an object that was made of parts `…-N`, where it is a checksum of the parts' checksums. */
  readonly value: string;
}

export interface Digest {
  update(bytes: Uint8Array): void;
  digest(): Promise<Uint8Array>;
}

/** How many bytes a checksum has. */
const LENGTHS: Readonly<Record<ChecksumAlgorithm, number>> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 };

const DIGESTS: Readonly<Record<ChecksumAlgorithm, () => Digest>> = {
  CRC32: () => new Crc32(),
  CRC32C: () => new Crc32c(),
  CRC64NVME: () => new Crc64Nvme(),
  SHA1: () => nodeDigest('sha1'),
  SHA256: () => nodeDigest('sha256'),
};

export function newDigest(algorithm: ChecksumAlgorithm): Digest {
  return DIGESTS[algorithm]();
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** @param text as in `x-amz-checksum-algorithm`; undefined where there is none */
export function algorithmNamed(text: string | undefined): ChecksumAlgorithm | undefined {
  if (text === undefined) return undefined;
  const name = text.toUpperCase();
  if (!(name in DIGESTS)) throw invalidArgument('Checksum algorithm provided is unsupported.', 'x-amz-checksum-algorithm', text);
  return name as ChecksumAlgorithm;
}

/** What a request says of its body; the value is undefined where it comes behind the body, or not at all. */
export interface AnnouncedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value?: string;
  readonly trailing?: boolean;
}

const NAMED = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/;

/** The checksum that a request's headers give or announce as trailer; the value is undefined in the second case. */
export function announcedChecksum(headers: Readonly<Record<string, string | string[] | undefined>>): AnnouncedChecksum | undefined {
  const given = Object.keys(headers).map((name) => NAMED.exec(name)).filter((match) => match !== null);
  if (given.length > 1) {
    throw new S3Error('InvalidRequest', 400, 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  }
  if (given.length === 1) {
    const algorithm = algorithmNamed(given[0][1])!;
    return { algorithm, value: checkedValue(algorithm, String(headers[given[0][0]]), `${given[0][0]} header`) };
  }
  const trailer = NAMED.exec(String(headers['x-amz-trailer'] ?? '').trim().toLowerCase());
  return trailer === null ? undefined : { algorithm: algorithmNamed(trailer[1])!, trailing: true };
}

/**
 * @param where what it stood in, for the error: `x-amz-checksum-crc32 header`
 * @throws S3Error where it cannot be a checksum of this algorithm
 */
export function checkedValue(algorithm: ChecksumAlgorithm, value: string, where: string): string {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length !== LENGTHS[algorithm] || bytes.toString('base64') !== value) {
    throw new S3Error('InvalidRequest', 400, `Value for ${where} is invalid.`);
  }
  return value;
}

function nodeDigest(name: 'sha1' | 'sha256'): Digest {
  const hash = createHash(name);
  return { update: (bytes) => { hash.update(bytes); }, digest: async () => hash.digest() };
}
