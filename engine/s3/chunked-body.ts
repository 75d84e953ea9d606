import { createHash } from 'node:crypto';
import { Transform, TransformCallback } from 'node:stream';
import { S3Error } from './s3-error';
import { ChunkSeed, equal } from '../signing/signature';

/** No line of a chunked body needs more: a size in hexadecimal with a signature, or one trailing header. */
const MAX_LINE_BYTES = 4096;
const EMPTY_SHA256 = createHash('sha256').digest('hex');
const LINE_END = Buffer.from('\r\n');

/**
 * Takes the `aws-chunked` coding off a body: `SIZE[;chunk-signature=S]\r\nDATA\r\n … 0[;chunk-signature=S]\r\n[trailers]\r\n`
 * (S3 API reference, page "Signature calculations: transferring payload in multiple chunks"), and checks the chunks' signatures.
 */
export class ChunkedBody extends Transform {
  /** The trailing headers, once the body has ended. */
  public readonly trailers = new Map<string, string>();
  private buffered: Buffer = Buffer.alloc(0);
  private state: 'size' | 'data' | 'data-end' | 'trailers' | 'end' = 'size';
  private remaining = 0;
  private total = 0;
  private chunkSignature = '';
  private chunkHash = createHash('sha256');
  private previous: string;
  private trailerText = '';
  private trailersSigned = false;

  /**
   * @param length the body's length without the coding, from `x-amz-decoded-content-length`
   * @param seed   of a signed body; undefined for one whose chunks are not signed
   */
  constructor(private readonly length: number, private readonly seed: ChunkSeed | undefined) {
    super();
    this.previous = seed?.signature ?? '';
  }

  public _transform(bytes: Buffer, _encoding: string, done: TransformCallback): void {
    this.buffered = this.buffered.length === 0 ? bytes : Buffer.concat([this.buffered, bytes]);
    this.advance().then(() => done(), done);
  }

  public _flush(done: TransformCallback): void {
    if (this.state !== 'end' || this.total !== this.length) {
      return done(new S3Error('IncompleteBody', 400, 'The request body terminated unexpectedly'));
    }
    done();
  }

  private async advance(): Promise<void> {
    for (;;) {
      if (this.state === 'data') {
        if (this.buffered.length === 0) return;
        this.takeData();
      } else {
        const line = this.takeLine();
        if (line === undefined) return;
        await this.takeHeading(line);
      }
    }
  }

  private takeData(): void {
    const data = this.buffered.subarray(0, this.remaining);
    this.buffered = this.buffered.subarray(data.length);
    this.remaining -= data.length;
    this.total += data.length;
    if (this.seed !== undefined) this.chunkHash.update(data);
    this.push(data);
    if (this.remaining === 0) this.state = 'data-end';
  }

  private async takeHeading(line: string): Promise<void> {
    switch (this.state) {
      case 'size': {
        const match = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
        if (match === null || (this.seed !== undefined && match[2] === undefined)) throw malformed('a chunk has no size or no signature');
        this.remaining = parseInt(match[1], 16);
        this.chunkSignature = match[2] ?? '';
        if (this.total + this.remaining > this.length) throw malformed('more bytes than x-amz-decoded-content-length says');
        if (this.remaining > 0) {
          this.state = 'data';
        } else {
          await this.checkChunk();
          this.state = 'trailers';
        }
        return;
      }
      case 'data-end':
        if (line !== '') throw malformed('a chunk is longer than its size');
        await this.checkChunk();
        this.state = 'size';
        return;
      case 'trailers':
        if (line !== '') return this.takeTrailer(line);
        if (this.seed !== undefined && this.trailers.size > 0 && !this.trailersSigned) throw malformed('the trailing headers are not signed');
        this.state = 'end';
        return;
      default:
        if (line !== '') throw malformed('bytes follow the last chunk');
    }
  }

  private async takeTrailer(line: string): Promise<void> {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (colon < 1) throw malformed('a trailing header has no colon');
    if (name !== 'x-amz-trailer-signature') {
      this.trailers.set(name, value);
      this.trailerText += `${name}:${value}\n`;
    } else if (this.seed !== undefined) {
      const { longDate, scope } = this.seed;
      await this.check(`AWS4-HMAC-SHA256-TRAILER\n${longDate}\n${scope}\n${this.previous}\n${sha256(this.trailerText)}`, value);
      this.trailersSigned = true;
    }
  }

  private async checkChunk(): Promise<void> {
    if (this.seed === undefined) return;
    const { longDate, scope } = this.seed;
    const hash = this.chunkHash.digest('hex');
    this.chunkHash = createHash('sha256');
    await this.check(`AWS4-HMAC-SHA256-PAYLOAD\n${longDate}\n${scope}\n${this.previous}\n${EMPTY_SHA256}\n${hash}`, this.chunkSignature);
    this.previous = this.chunkSignature;
  }

  private async check(text: string, signature: string): Promise<void> {
    if (!equal(await this.seed!.sign(text), signature)) {
      throw new S3Error('SignatureDoesNotMatch', 403,
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.');
    }
  }

  private takeLine(): string | undefined {
    const at = this.buffered.indexOf(LINE_END);
    if (at > MAX_LINE_BYTES || (at < 0 && this.buffered.length > MAX_LINE_BYTES)) throw malformed('a line is too long');
    if (at < 0) return undefined;
    const line = this.buffered.subarray(0, at).toString('latin1');
    this.buffered = this.buffered.subarray(at + 2);
    return line;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function malformed(why: string): S3Error {
  return new S3Error('InvalidRequest', 400, `The aws-chunked body is malformed: ${why}`);
}
