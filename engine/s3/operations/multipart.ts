import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { header } from '../../signing/signed-request';
import { algorithmNamed, announcedChecksum, Checksum, ChecksumAlgorithm, checksumHeader, Digest, newDigest } from '../checksums';
import { ObjectStore, StoredPart, StoredUpload, timestamp } from '../object-store';
import { readText } from '../request-body';
import { malformedXml, S3Error } from '../s3-error';
import { integerOf, S3Request } from '../s3-request';
import { asList, fromXml, toXml } from '../xml';
import { authorize, Operation } from './call';
import { checkWriteConditions } from './conditions';
import { checkSize, checksumHeaders, encryptionHeaders, keptHeaders } from './write-object';

/** User guide, page "Amazon S3 multipart upload limits". */
const MAX_PARTS = 10_000;
const MIN_PART_BYTES = 5 * 1024 * 1024;

export const createMultipartUpload: Operation = async (call) => {
  const { request, request: { bucket, key } } = call;
  const store = call.buckets.get(bucket);
  authorize(call, 's3:PutObject', bucket, key);
  const algorithm = algorithmNamed(header(request, 'x-amz-checksum-algorithm'));
  const fullObjectChecksum = algorithm === 'CRC64NVME' || header(request, 'x-amz-checksum-type') === 'FULL_OBJECT';
  const id = randomUUID();
  store.putUpload({ id, key, initiated: timestamp(), headers: keptHeaders(request), algorithm, fullObjectChecksum, parts: {} });
  return {
    status: 200,
    headers: algorithm === undefined ? undefined : {
      'x-amz-checksum-algorithm': algorithm,
      'x-amz-checksum-type': fullObjectChecksum ? 'FULL_OBJECT' : 'COMPOSITE',
    },
    body: toXml('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: id }),
  };
};

export const uploadPart: Operation = async (call) => {
  const { request, request: { bucket, key, query } } = call;
  const store = call.buckets.get(bucket);
  authorize(call, 's3:PutObject', bucket, key);
  const number = partNumberOf(request);
  checkSize(request);
  const { algorithm, fullObjectChecksum } = store.upload(query.get('uploadId')!, key);
  const announced = announcedChecksum(request.headers)?.algorithm;
  // A checksum of the whole object can be made here; one that is made of the parts' checksums needs the caller's.
  if (algorithm !== undefined && announced !== algorithm && !(announced === undefined && fullObjectChecksum)) {
    throw new S3Error('InvalidRequest', 400,
      `Checksum Type mismatch occurred, expected checksum Type: ${typeName(algorithm)}, actual checksum Type: ${typeName(announced)}`);
  }
  const body = call.openBody({ algorithm });
  const data = await store.writeData(body);
  const { md5, size, checksum } = body.checked;
  const part: StoredPart = { size, etag: md5.toString('hex'), lastModified: timestamp(), checksum, data };
  putPart(store, request, number, part);
  return { status: 200, headers: { etag: `"${part.etag}"`, ...checksumHeaders(checksum) } };
};

export function partNumberOf(request: S3Request): number {
  return integerOf(request, 'partNumber', 0, 1, MAX_PARTS);
}

/** Makes written bytes a part of the request's upload, in the place of an earlier one of its number. */
export function putPart(store: ObjectStore, { key, query }: S3Request, number: number, part: StoredPart): void {
  try {
    // As it is now: other parts came in meanwhile, or the upload was aborted.
    const upload = store.upload(query.get('uploadId')!, key);
    store.putUpload({ ...upload, parts: { ...upload.parts, [number]: part } });
    const replaced = upload.parts[number];
    if (replaced !== undefined) store.discardData(replaced.data);
  } catch (error) {
    store.discardData(part.data);
    throw error;
  }
}

export const completeMultipartUpload: Operation = async (call) => {
  const { request, request: { bucket, key, query } } = call;
  const store = call.buckets.get(bucket);
  authorize(call, 's3:PutObject', bucket, key);
  const upload = store.upload(query.get('uploadId')!, key);
  const parts = chosenParts(upload, fromXml(await readText(call.openBody({ checksumIsOfObject: true })), 'CompleteMultipartUpload'));
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const expectedSize = header(request, 'x-amz-mp-object-size');
  if (expectedSize !== undefined && Number(expectedSize) !== size) {
    throw new S3Error('InvalidRequest', 400, `The provided 'x-amz-mp-object-size' header value ${expectedSize} does not match what was computed: ${size}`);
  }
  checkWriteConditions(request, key, store.find(key));
  const digest = upload.algorithm !== undefined && upload.fullObjectChecksum ? newDigest(upload.algorithm) : undefined;
  const data = await store.writeData(Readable.from(joined(store, parts, digest)));
  try {
    const checksum = await wholeChecksum(upload.algorithm, parts, digest);
    checkObjectChecksum(request, checksum);
    checkWriteConditions(request, key, store.find(key));
    // Whoever completes or aborts second finds no upload.
    store.upload(upload.id, key);
    const etag = `${md5OfParts(parts)}-${parts.length}`;
    store.put({ key, size, etag, lastModified: timestamp(), headers: upload.headers, checksum, data });
    store.deleteUpload(upload);
    return {
      status: 200,
      headers: encryptionHeaders(upload.headers),
      body: toXml('CompleteMultipartUploadResult', {
        Location: `/${bucket}/${key}`,
        Bucket: bucket,
        Key: key,
        ETag: `"${etag}"`,
        ...checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: upload.fullObjectChecksum ? 'FULL_OBJECT' : 'COMPOSITE' },
      }),
    };
  } catch (error) {
    if (store.find(key)?.data !== data) store.discardData(data);
    throw error;
  }
};

export const abortMultipartUpload: Operation = async (call) => {
  const { bucket, key, query } = call.request;
  const store = call.buckets.get(bucket);
  authorize(call, 's3:AbortMultipartUpload', bucket, key);
  store.deleteUpload(store.upload(query.get('uploadId')!, key));
  return { status: 204 };
};

/** A part as a CompleteMultipartUpload lists it. */
type ListedPart = Readonly<Record<string, string | undefined>>;

/** The parts that the request lists, as they are stored. */
function chosenParts(upload: StoredUpload, request: Record<string, any>): StoredPart[] {
  const listed = asList<ListedPart>(request.Part);
  if (listed.length === 0) throw malformedXml();
  if (listed.some(({ PartNumber }, index) => index > 0 && Number(PartNumber) <= Number(listed[index - 1].PartNumber))) {
    throw new S3Error('InvalidPartOrder', 400,
      'The list of parts was not in ascending order. The parts list must be specified in order by part number.');
  }
  const parts = listed.map((item) => chosenPart(upload, item));
  const small = parts.slice(0, -1).findIndex(({ size }) => size < MIN_PART_BYTES);
  if (small >= 0) {
    throw new S3Error('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size',
      { ProposedSize: parts[small].size, MinSizeAllowed: MIN_PART_BYTES, PartNumber: String(listed[small].PartNumber) });
  }
  return parts;
}

function chosenPart(upload: StoredUpload, listed: ListedPart): StoredPart {
  const part = upload.parts[Number(listed.PartNumber)];
  const algorithm = upload.algorithm;
  const checksum = algorithm === undefined ? undefined : listed[`Checksum${algorithm}`];
  // Only a checksum that is made of the parts' checksums needs them again.
  if (algorithm !== undefined && checksum === undefined && !upload.fullObjectChecksum) {
    throw new S3Error('InvalidRequest', 400, `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must `
      + `include the checksum for each part. It was missing for part ${listed.PartNumber} in the request.`);
  }
  if (part === undefined || part.etag !== String(listed.ETag).replace(/^"|"$/g, '') || (checksum !== undefined && checksum !== part.checksum?.value)) {
    throw new S3Error('InvalidPart', 400, 'One or more of the specified parts could not be found. The part may not have been uploaded, '
      + 'or the specified entity tag may not match the part\'s entity tag.', { UploadId: upload.id, PartNumber: String(listed.PartNumber) });
  }
  return part;
}

/** The checksum of the whole object that the caller expects, where the request has one. */
function checkObjectChecksum(request: S3Request, checksum: Checksum | undefined): void {
  const given = checksum === undefined ? undefined : header(request, checksumHeader(checksum.algorithm));
  if (checksum !== undefined && given !== undefined && given !== checksum.value) {
    throw new S3Error('BadDigest', 400, `The ${checksum.algorithm} you specified did not match the calculated checksum.`);
  }
}

function typeName(algorithm: ChecksumAlgorithm | undefined): string {
  return algorithm?.toLowerCase() ?? 'null';
}

async function* joined(store: ObjectStore, parts: readonly StoredPart[], digest: Digest | undefined): AsyncGenerator<Buffer> {
  for (const part of parts) {
    for await (const chunk of store.readData(part)) {
      digest?.update(chunk as Buffer);
      yield chunk as Buffer;
    }
  }
}

function md5OfParts(parts: readonly StoredPart[]): string {
  return createHash('md5').update(Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')))).digest('hex');
}

/** Of the whole object's bytes, or of the parts' checksums, with their number behind it (user guide, "Checking object integrity"). */
async function wholeChecksum(
  algorithm: ChecksumAlgorithm | undefined, parts: readonly StoredPart[], digest: Digest | undefined,
): Promise<Checksum | undefined> {
  if (algorithm === undefined) return undefined;
  if (digest !== undefined) return { algorithm, value: Buffer.from(await digest.digest()).toString('base64') };
  const composite = newDigest(algorithm);
  composite.update(Buffer.concat(parts.map(({ checksum }) => Buffer.from(checksum?.value ?? '', 'base64'))));
  return { algorithm, value: `${Buffer.from(await composite.digest()).toString('base64')}-${parts.length}` };
}
