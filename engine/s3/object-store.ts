import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Checksum, ChecksumAlgorithm } from './checksums';
import { noSuchBucket, noSuchKey, noSuchUpload } from './s3-error';

/** All that is known of an object but its bytes. */
export interface StoredObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** ISO 8601, whole seconds, as S3 keeps it. */
  readonly lastModified: string;
  /** Headers that come back as they were sent: content type, metadata, … */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum?: Checksum;
  /** The file that has the bytes. */
  readonly data: string;
}

export interface StoredPart {
  readonly size: number;
  readonly etag: string;
  readonly lastModified: string;
  readonly checksum?: Checksum;
  readonly data: string;
}

export interface StoredUpload {
  readonly id: string;
  readonly key: string;
  readonly initiated: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly algorithm?: ChecksumAlgorithm;
  readonly fullObjectChecksum: boolean;
  /** By part number. */
  readonly parts: Readonly<Record<string, StoredPart>>;
}

/**
 * One bucket's objects in a folder. Bytes lie in `data/`, each version of an object under a name of its own, and a record in `objects/`
 * says which one holds; a record is replaced by a rename, so a process that is killed leaves the old object or the new one. Names of
 * files are digests: a key such as `../x` is only a text here. What is known of the objects is kept in memory as well; the bytes never.
 */
export class ObjectStore {
  /** @param flush see {@link BucketStore} */
  public static open(folder: string, flush: boolean): ObjectStore {
    for (const name of ['objects', 'uploads', 'data', 'unfinished']) mkdirSync(join(folder, name), { recursive: true });
    const store = new ObjectStore(folder, flush);
    store.load();
    return store;
  }

  private readonly objects = new Map<string, StoredObject>();
  private readonly uploads = new Map<string, StoredUpload>();
  private sorted: readonly string[] | undefined;

  private constructor(private readonly folder: string, private readonly flush: boolean) {}

  public find(key: string): StoredObject | undefined {
    return this.objects.get(key);
  }

  public get(key: string): StoredObject {
    const object = this.objects.get(key);
    if (object === undefined) throw noSuchKey(key);
    return object;
  }

  /** The keys in the order of their UTF-8 bytes, as S3 lists them. */
  public keys(): readonly string[] {
    this.sorted ??= [...this.objects.keys()].map((key) => Buffer.from(key)).sort(Buffer.compare).map((bytes) => bytes.toString('utf8'));
    return this.sorted;
  }

  /** Writes bytes to a new file; nobody sees them until a record names it. */
  public async writeData(content: Readable): Promise<string> {
    const name = randomUUID();
    const unfinished = join(this.folder, 'unfinished', name);
    try {
      await pipeline(content, createWriteStream(unfinished, { flush: this.flush }));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    renameSync(unfinished, this.dataPath(name));
    return name;
  }

  /**
   * An object's bytes, or those from `start` to `end` inclusive. The file is open when this returns: the bytes stay readable when the
   * object is replaced or deleted meanwhile.
   */
  public readData({ data, size }: { readonly data: string; readonly size: number }, start = 0, end = size - 1): Readable {
    if (size === 0) return Readable.from([]);
    return createReadStream('', { fd: openSync(this.dataPath(data), 'r'), start, end });
  }

  public dataPath(data: string): string {
    return join(this.folder, 'data', data);
  }

  public discardData(data: string): void {
    rmSync(this.dataPath(data), { force: true });
  }

  /** At once, or not at all; whoever calls has nothing awaited between checking a condition and this. */
  public put(object: StoredObject): void {
    const old = this.objects.get(object.key);
    this.writeRecord('objects', object.key, object);
    this.objects.set(object.key, object);
    this.sorted = undefined;
    if (old !== undefined) this.discardData(old.data);
  }

  public delete(key: string): void {
    const object = this.objects.get(key);
    if (object === undefined) return;
    rmSync(this.recordPath('objects', key), { force: true });
    this.objects.delete(key);
    this.sorted = undefined;
    this.discardData(object.data);
  }

  public upload(id: string, key: string): StoredUpload {
    const upload = this.uploads.get(id);
    if (upload === undefined || upload.key !== key) throw noSuchUpload(id);
    return upload;
  }

  public putUpload(upload: StoredUpload): void {
    this.writeRecord('uploads', upload.id, upload);
    this.uploads.set(upload.id, upload);
  }

  public deleteUpload(upload: StoredUpload): void {
    rmSync(this.recordPath('uploads', upload.id), { force: true });
    this.uploads.delete(upload.id);
    Object.values(upload.parts).forEach((part) => this.discardData(part.data));
  }

  private writeRecord(kind: 'objects' | 'uploads', name: string, record: object): void {
    const unfinished = join(this.folder, 'unfinished', `${randomUUID()}.json`);
    writeFileSync(unfinished, JSON.stringify(record), { flush: this.flush });
    renameSync(unfinished, this.recordPath(kind, name));
  }

  private recordPath(kind: 'objects' | 'uploads', name: string): string {
    return join(this.folder, kind, `${createHash('sha256').update(name).digest('hex')}.json`);
  }

  /** Reads the records, and clears away what a killed process left. */
  private load(): void {
    rmSync(join(this.folder, 'unfinished'), { recursive: true, force: true });
    mkdirSync(join(this.folder, 'unfinished'));
    for (const object of this.records<StoredObject>('objects')) this.objects.set(object.key, object);
    for (const upload of this.records<StoredUpload>('uploads')) this.uploads.set(upload.id, upload);
    const parts = [...this.uploads.values()].flatMap((upload) => Object.values(upload.parts));
    const used = new Set([...this.objects.values(), ...parts].map(({ data }) => data));
    for (const name of readdirSync(join(this.folder, 'data'))) if (!used.has(name)) this.discardData(name);
  }

  private records<T>(kind: 'objects' | 'uploads'): T[] {
    return readdirSync(join(this.folder, kind)).map((name) => JSON.parse(readFileSync(join(this.folder, kind, name), 'utf8')) as T);
  }
}

/** The buckets of one folder; those of an earlier process are there again. */
export class BucketStore {
  private readonly buckets = new Map<string, ObjectStore>();

  /** @param flush whether what is written is on the disk before it is answered, so that it outlives the machine as well */
  constructor(private readonly folder: string, private readonly flush: boolean) {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) if (BUCKET_NAME.test(name)) this.buckets.set(name, ObjectStore.open(join(folder, name), flush));
  }

  public names(): readonly string[] {
    return [...this.buckets.keys()].sort();
  }

  public get(bucket: string): ObjectStore {
    const store = this.buckets.get(bucket);
    if (store === undefined) throw noSuchBucket(bucket);
    return store;
  }

  /** @returns whether it is new */
  public create(bucket: string): boolean {
    if (!BUCKET_NAME.test(bucket)) throw new Error(`"${bucket}" is not a bucket's name`);
    const isNew = !existsSync(join(this.folder, bucket));
    if (isNew || !this.buckets.has(bucket)) this.buckets.set(bucket, ObjectStore.open(join(this.folder, bucket), this.flush));
    return isNew;
  }
}

/** User guide, page "General purpose bucket naming rules". */
export const BUCKET_NAME = /^(?!xn--)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/;

/** Now, in whole seconds: a listing, a header and a condition then agree. */
export function timestamp(): string {
  return new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();
}
