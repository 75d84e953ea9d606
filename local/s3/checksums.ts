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
}

const NAMED = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/;

/** The checksum that a request's headers give or announce as trailer; the value is undefined in the second case. */
export function announcedChecksum(headers: Readonly<Record<string, string | string[] | undefined>>): AnnouncedChecksum | undefined {
  const given = Object.keys(headers).map((name) => NAMED.exec(name)).filter((match) => match !== null);
  if (given.length > 1) {
    throw new S3Error('InvalidRequest', 400, 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  }
  if (given.length === 1) return { algorithm: algorithmNamed(given[0][1])!, value: String(headers[given[0][0]]) };
  const trailer = NAMED.exec(String(headers['x-amz-trailer'] ?? '').trim().toLowerCase());
  return trailer === null ? undefined : { algorithm: algorithmNamed(trailer[1])! };
}

function nodeDigest(name: 'sha1' | 'sha256'): Digest {
  const hash = createHash(name);
  return { update: (bytes) => { hash.update(bytes); }, digest: async () => hash.digest() };
}
