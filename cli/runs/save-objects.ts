import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { S3Place, s3Uri } from '../../formats/s3-uri';

/** An object in a file of this machine. */
export interface SavedObject {
  readonly file: string;
  readonly uri: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The checksum of S3's that was compared with what came, for example CRC32; absent where the object has none of the whole. */
  readonly checksum?: string;
}

/** What came is not what S3 has. */
export class DamagedObject extends Error {}

export interface SaveOptions {
  readonly client: S3Client;
  readonly folder: string;
  /** Does one request, again where it likes to. */
  readonly ask?: <T>(request: (signal?: AbortSignal) => Promise<T>) => Promise<T>;
}

/** Of a file that goes by the name of an object's. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const CHECKSUMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;

/**
 * Saves objects under the last part of their keys. A file has its name only once all of them are there, whole and compared with their
 * sizes and checksums: nobody finds half a file, or one without the other.
 *
 * @throws DamagedObject
 */
export async function saveObjects(places: readonly S3Place[], { client, folder, ask = (request) => request() }: SaveOptions): Promise<SavedObject[]> {
  await mkdir(folder, { recursive: true });
  const saved: (SavedObject & { readonly part: string })[] = [];
  const parts: string[] = [];
  try {
    for (const place of places) {
      const name = place.key.split('/').at(-1)!;
      if (!NAME.test(name)) throw new DamagedObject(`${s3Uri(place)} has no name that a file could have`);
      const part = join(folder, `.${name}.${process.pid}.part`);
      parts.push(part);
      saved.push({ file: join(folder, name), ...await ask((signal) => fetchObject(client, place, part, signal)), part });
    }
    for (const { part, file } of saved) await rename(part, file);
  } finally {
    await Promise.all(parts.map((part) => rm(part, { force: true })));
  }
  return saved.map(({ part: _part, ...object }) => object);
}

async function fetchObject(client: S3Client, place: S3Place, file: string, abortSignal?: AbortSignal): Promise<Omit<SavedObject, 'file'>> {
  const uri = s3Uri(place);
  // The client compares the bytes with the checksum that comes with them.
  const answer = await client.send(new GetObjectCommand({ Bucket: place.bucket, Key: place.key, ChecksumMode: 'ENABLED' }), { abortSignal });
  const hash = createHash('sha256');
  let bytes = 0;
  const measured = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  try {
    // A name that is there after a loss of power must not stand for bytes that are not: they are flushed.
    await pipeline(answer.Body as Readable, measured, createWriteStream(file, { flush: true }), { signal: abortSignal });
  } catch (error) {
    if (/^Checksum mismatch/.test((error as Error).message)) throw new DamagedObject(`${uri} is damaged: ${(error as Error).message}`);
    throw error;
  }
  if (bytes !== answer.ContentLength) throw new DamagedObject(`${uri} is damaged: ${bytes} bytes came, and it has ${answer.ContentLength}`);
  return { uri, bytes, sha256: hash.digest('hex'), ...checksumOf(answer) };
}

/** A checksum of the parts of an upload ("COMPOSITE") says nothing of the bytes of the whole. */
function checksumOf(answer: GetObjectCommandOutput): Pick<SavedObject, 'checksum'> {
  const checksum = CHECKSUMS.find((algorithm) => {
    const value = answer[`Checksum${algorithm}`];
    return value !== undefined && !value.includes('-');
  });
  return answer.ChecksumType === 'COMPOSITE' || checksum === undefined ? {} : { checksum };
}
