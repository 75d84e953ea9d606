import { header } from '../../signing/signed-request';
import { algorithmNamed, Checksum, checksumHeader } from '../checksums';
import { timestamp } from '../object-store';
import { invalidArgument, notImplemented, S3Error } from '../s3-error';
import { S3Request } from '../s3-request';
import { authorize, Operation } from './call';
import { checkWriteConditions } from './conditions';

/** Headers of a write that a read gives back. */
const KEPT = ['content-type', 'content-encoding', 'content-disposition', 'content-language', 'cache-control', 'expires'];
const METADATA = 'x-amz-meta-';
/** User guide, "Working with object metadata": user-defined metadata has 2 KB. */
const MAX_METADATA_BYTES = 2048;
/** API reference, PutObject: one request carries 5 GB. */
const MAX_OBJECT_BYTES = 5 * 1024 ** 3;
/** What would have an effect in S3 that this server cannot have. */
const REFUSED = [
  'x-amz-tagging', 'x-amz-object-lock-mode', 'x-amz-object-lock-retain-until-date', 'x-amz-object-lock-legal-hold',
  'x-amz-website-redirect-location', 'x-amz-server-side-encryption-customer-algorithm', 'x-amz-write-offset-bytes',
];

export const putObject: Operation = async (call) => {
  const { request } = call;
  const store = call.buckets.get(request.bucket);
  authorize(call, 's3:PutObject', request.bucket, request.key);
  const headers = keptHeaders(request);
  checkSize(request);
  checkWriteConditions(request, request.key, store.find(request.key));
  const body = call.openBody({ algorithm: algorithmNamed(header(request, 'x-amz-sdk-checksum-algorithm')) });
  const data = await store.writeData(body);
  const { md5, size, checksum } = body.checked;
  const etag = md5.toString('hex');
  try {
    // Again: another writer may have come first while the bytes came in.
    checkWriteConditions(request, request.key, store.find(request.key));
    store.put({ key: request.key, size, etag, lastModified: timestamp(), headers, checksum, data });
  } catch (error) {
    store.discardData(data);
    throw error;
  }
  return { status: 200, headers: { etag: `"${etag}"`, ...checksumHeaders(checksum), ...encryptionHeaders(headers) } };
};

/** The headers of a write that stay with the object; those that this server cannot honour are refused by name. */
export function keptHeaders(request: S3Request): Record<string, string> {
  const refused = REFUSED.find((name) => request.headers[name] !== undefined);
  if (refused !== undefined) throw notImplemented(`The header ${refused}`);
  const storageClass = header(request, 'x-amz-storage-class') ?? 'STANDARD';
  if (storageClass !== 'STANDARD') throw notImplemented(`The storage class ${storageClass}`);
  const acl = header(request, 'x-amz-acl') ?? 'private';
  if (acl !== 'private' && acl !== 'bucket-owner-full-control') {
    throw new S3Error('AccessControlListNotSupported', 400, 'The bucket does not allow ACLs');
  }
  const encryption = header(request, 'x-amz-server-side-encryption') ?? 'AES256';
  if (!['AES256', 'aws:kms', 'aws:kms:dsse'].includes(encryption)) {
    throw invalidArgument('The encryption method specified is not supported', 'x-amz-server-side-encryption', encryption);
  }
  const kept: Record<string, string> = { 'x-amz-server-side-encryption': encryption };
  const keyId = header(request, 'x-amz-server-side-encryption-aws-kms-key-id');
  if (keyId !== undefined) kept['x-amz-server-side-encryption-aws-kms-key-id'] = keyId;
  let metadataBytes = 0;
  for (const name of Object.keys(request.headers)) {
    const value = header(request, name)!;
    if (name.startsWith(METADATA)) {
      metadataBytes += Buffer.byteLength(name) - METADATA.length + Buffer.byteLength(value);
      kept[name] = value;
    } else if (KEPT.includes(name)) {
      kept[name] = name === 'content-encoding' ? withoutChunking(value) : value;
    }
  }
  if (metadataBytes > MAX_METADATA_BYTES) {
    throw new S3Error('MetadataTooLarge', 400, 'Your metadata headers exceed the maximum allowed metadata size', { Size: metadataBytes, MaxSizeAllowed: MAX_METADATA_BYTES });
  }
  if (kept['content-encoding'] === '') delete kept['content-encoding'];
  return kept;
}

export function checkSize(request: S3Request): void {
  const size = Number(header(request, 'x-amz-decoded-content-length') ?? header(request, 'content-length') ?? 0);
  if (size > MAX_OBJECT_BYTES) {
    throw new S3Error('EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed size', { ProposedSize: size, MaxSizeAllowed: MAX_OBJECT_BYTES });
  }
}

export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  return checksum === undefined ? {} : { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': 'FULL_OBJECT' };
}

export function encryptionHeaders(kept: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(kept).filter(([name]) => name.startsWith('x-amz-server-side-encryption')));
}

/** `aws-chunked` is how the bytes came, not what they are. */
function withoutChunking(encoding: string): string {
  return encoding.split(',').map((item) => item.trim()).filter((item) => item !== 'aws-chunked').join(',');
}
