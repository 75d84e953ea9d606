import { createHash, Hash } from 'node:crypto';
import { pipeline, Readable, Transform, TransformCallback } from 'node:stream';
import { AnnouncedChecksum, announcedChecksum, Checksum, ChecksumAlgorithm, checkedValue, checksumHeader, Digest, newDigest } from './checksums';
import { ChunkedBody } from './chunked-body';
import { S3Error } from './s3-error';
import { S3Request } from './s3-request';
import type { Verified } from '../signing/signature';
import { header } from '../signing/signed-request';

const SIGNED_CHUNKS = ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER'];
const UNSIGNED_CHUNKS = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
const UNSIGNED = 'UNSIGNED-PAYLOAD';
/** No request that has XML in it needs more: 1,000 keys of 1,024 bytes with every character escaped stay below. */
const MAX_XML_BYTES = 8 * 1024 * 1024;

/** The request's payload: decoded, and checked to its last byte against every digest that the request gives. */
export class RequestBody extends Transform {
  private readonly md5 = createHash('md5');
  private readonly sha256: Hash | undefined;
  private readonly announced: AnnouncedChecksum | undefined;
  private readonly digest: Digest | undefined;
  private size = 0;
  private result: { md5: Buffer; size: number; checksum?: Checksum } | undefined;

  constructor(
    private readonly request: S3Request,
    private readonly payload: string,
    private readonly chunks: ChunkedBody | undefined,
    checksum: AnnouncedChecksum | undefined,
  ) {
    super();
    this.announced = checksum;
    this.digest = this.announced === undefined ? undefined : newDigest(this.announced.algorithm);
    this.sha256 = /^[0-9a-f]{64}$/.test(payload) ? createHash('sha256') : undefined;
  }

  /** Once the body has ended: its MD5, its length in bytes, and the checksum that came with it. */
  public get checked(): { md5: Buffer; size: number; checksum?: Checksum } {
    return this.result!;
  }

  public _transform(bytes: Buffer, _encoding: string, done: TransformCallback): void {
    this.md5.update(bytes);
    this.sha256?.update(bytes);
    this.digest?.update(bytes);
    this.size += bytes.length;
    done(null, bytes);
  }

  public _flush(done: TransformCallback): void {
    this.finish().then(() => done(), done);
  }

  private async finish(): Promise<void> {
    const declared = header(this.request, 'content-length');
    if (this.chunks === undefined && declared !== undefined && Number(declared) !== this.size) {
      throw new S3Error('IncompleteBody', 400, 'You did not provide the number of bytes specified by the Content-Length HTTP header');
    }
    const md5 = this.md5.digest();
    const contentMd5 = header(this.request, 'content-md5');
    if (contentMd5 !== undefined && Buffer.from(contentMd5, 'base64').length !== md5.length) {
      throw new S3Error('InvalidDigest', 400, 'The Content-MD5 you specified was invalid.', { 'Content-MD5': contentMd5 });
    }
    if (contentMd5 !== undefined && contentMd5 !== md5.toString('base64')) {
      throw new S3Error('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.', { ExpectedDigest: contentMd5, CalculatedDigest: md5.toString('base64') });
    }
    const sha256 = this.sha256?.digest('hex');
    if (sha256 !== undefined && sha256 !== this.payload) {
      throw new S3Error('XAmzContentSHA256Mismatch', 400, 'The provided \'x-amz-content-sha256\' header does not match what was computed.',
        { ClientComputedContentSHA256: this.payload, S3ComputedContentSHA256: sha256 });
    }
    this.result = { md5, size: this.size, checksum: await this.checkChecksum() };
  }

  private async checkChecksum(): Promise<Checksum | undefined> {
    if (this.announced === undefined || this.digest === undefined) return undefined;
    const { algorithm } = this.announced;
    const value = Buffer.from(await this.digest.digest()).toString('base64');
    const expected = this.announced.value ?? this.trailingChecksum(this.announced);
    if (expected !== undefined && expected !== value) {
      throw new S3Error('BadDigest', 400, `The ${algorithm} you specified did not match the calculated checksum.`);
    }
    return { algorithm, value };
  }

  private trailingChecksum({ algorithm, trailing }: AnnouncedChecksum): string | undefined {
    if (trailing !== true) return undefined;
    const name = checksumHeader(algorithm);
    const value = this.chunks?.trailers.get(name);
    if (value === undefined) {
      throw new S3Error('MalformedTrailerError', 400,
        'The request contained trailing data that was not well-formed or did not conform to our published schema.');
    }
    return checkedValue(algorithm, value, `${name} trailing header`);
  }
}

/** What to make of the `x-amz-checksum-` headers: they are the body's, or (of a completed upload) those of an object. */
export interface BodyOptions {
  /** The checksum to compute where the request gives none. */
  readonly algorithm?: ChecksumAlgorithm;
  readonly checksumIsOfObject?: boolean;
}

export function openBody(request: S3Request, verified: Verified, { algorithm, checksumIsOfObject = false }: BodyOptions = {}): RequestBody {
  const { payload, seed } = verified;
  const signedChunks = SIGNED_CHUNKS.includes(payload);
  const chunked = signedChunks || payload === UNSIGNED_CHUNKS;
  if (!chunked && payload !== UNSIGNED && !/^[0-9a-f]{64}$/.test(payload)) {
    throw new S3Error('InvalidArgument', 400, 'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING- value or a valid sha256 value.');
  }
  const length = Number(header(request, 'x-amz-decoded-content-length') ?? NaN);
  if (chunked && !Number.isSafeInteger(length)) throw new S3Error('MissingContentLength', 411, 'You must provide the Content-Length HTTP header.');
  const chunks = chunked ? new ChunkedBody(length, signedChunks ? seed : undefined) : undefined;
  const announced = checksumIsOfObject ? undefined : announcedChecksum(request.headers) ?? (algorithm === undefined ? undefined : { algorithm });
  const body = new RequestBody(request, payload, chunks, announced);
  const stages: [Readable, ...Transform[]] = chunks === undefined ? [request.body, body] : [request.body, chunks, body];
  // An error reaches the reader of the last stage, which is the only one that looks.
  pipeline(stages as [Readable, Transform], () => undefined);
  return body;
}

/** A short body, whole. */
export async function readText(body: RequestBody): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > MAX_XML_BYTES) throw new S3Error('EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed size');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
