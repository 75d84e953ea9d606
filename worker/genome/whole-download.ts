import { Admit, ADMITTED_BYTES } from './byte-source';
import { parseContentRange } from './range-answer';
import { isGzipped, unpacked, unpackedSize } from '../net/content-coding';
import { BodySink, HttpError, HttpHead } from '../net/http-client';
import { TransientError } from '../net/retry';

/** A whole file as it comes, perhaps with several requests: each one goes on where the one before broke off. */
export class WholeDownload implements BodySink {
  /** The most bytes that were there at once: what shows whether another try brings anything. */
  public furthest = 0;
  private content = Buffer.alloc(0);
  private received = 0;
  private coding: string | undefined;
  private admitted = false;

  /** @param check is given each answer's head, and throws if the file is another one than before */
  constructor(
    private readonly name: string, private readonly maxBytes: number, private readonly admit: Admit, private readonly check: (head: HttpHead) => void,
  ) {}

  /** The header that asks for the rest. */
  public get rest(): Record<string, string> {
    return this.received === 0 ? {} : { range: `bytes=${this.received}-` };
  }

  public restart(): void {
    this.content = Buffer.alloc(0);
    this.received = 0;
  }

  public begin(head: HttpHead): Promise<void> | undefined {
    const range = head.status === 206 ? parseContentRange(head.headers['content-range']) : undefined;
    // A server that knows no ranges begins again.
    if (range === undefined) this.restart();
    if (head.status === 206 && range?.from !== this.received) {
      this.restart();
      throw new TransientError(`${this.name} answered with another range than the rest of the file`);
    }
    try {
      this.check(head);
    } catch (error) {
      this.restart();
      throw error;
    }
    this.coding = head.headers['content-encoding'];
    const size = range === undefined ? Number(head.headers['content-length'] ?? NaN) : range.size ?? NaN;
    if (size > this.maxBytes) throw new HttpError(`${this.name} has ${size} bytes, more than the ${this.maxBytes} bytes that may be read`, head.status);
    // In one piece where the size is known, since joining pieces takes twice the memory.
    if (size > this.content.length) return this.admitted || size <= ADMITTED_BYTES ? this.grow(size) : this.room(size).then(() => this.grow(size));
    return undefined;
  }

  public add(piece: Buffer): Promise<void> | undefined {
    const length = this.received + piece.length;
    if (length > this.maxBytes) throw new HttpError(`${this.name} has more than the ${this.maxBytes} bytes that may be read`);
    if (length > ADMITTED_BYTES && !this.admitted && length > this.content.length) return this.room(this.maxBytes).then(() => this.append(piece));
    return this.append(piece);
  }

  /** The file, without what packed it on its way. */
  public async end(): Promise<Buffer> {
    const content = this.content.subarray(0, this.received);
    if (isGzipped(content, this.coding) && !this.admitted && unpackedSize(content) > ADMITTED_BYTES) {
      await this.room(Math.min(this.maxBytes, unpackedSize(content)));
    }
    try {
      return unpacked(content, this.coding, this.maxBytes);
    } catch (error) {
      throw new HttpError(`${this.name} ${(error as Error).message}`);
    }
  }

  private append(piece: Buffer): undefined {
    const length = this.received + piece.length;
    if (length > this.content.length) this.grow(Math.min(this.maxBytes, Math.max(2 * this.content.length, length)));
    piece.copy(this.content, this.received);
    this.received = length;
    this.furthest = Math.max(this.furthest, length);
    return undefined;
  }

  private grow(size: number): undefined {
    const content = Buffer.alloc(size);
    this.content.copy(content, 0, 0, this.received);
    this.content = content;
    return undefined;
  }

  private async room(bytes: number): Promise<void> {
    this.admitted = true;
    await this.admit(bytes);
  }
}
