import { isAbsolute, resolve } from 'node:path';
import { ErrorName } from '../../src/contract/error-names';
import { HttpClient } from '../net/http-client';
import { DEFAULT_RETRIES, RetryOptions } from '../net/retry';
import { UrlPolicy } from '../net/url-policy';
import { WorkerError } from '../worker-error';
import { ByteSource, ReadCounter } from './byte-source';
import { FileSource } from './file-source';
import { GenomeFile } from './genome-file';
import { HttpSource } from './http-source';
import { S3Source } from './s3-source';

export interface GenomesOptions {
  readonly policy: UrlPolicy;
  /** The folder that a relative `file://NAME` lies in: the input file's, where that is a local one. */
  readonly baseFolder?: string;
  /** @default DEFAULT_RETRIES */
  readonly retries?: RetryOptions;
}

/** The genomes of a command, each opened once. Close it at the end. */
export class Genomes {
  public readonly counter = new ReadCounter();
  private readonly client: HttpClient;
  private readonly opened = new Map<string, Promise<GenomeFile>>();

  constructor(private readonly options: GenomesOptions) {
    this.client = new HttpClient(options.policy);
  }

  /** @throws WorkerError where the URL may not be read, or its indexes cannot be */
  public open(fastaUrl: string): Promise<GenomeFile> {
    let genome = this.opened.get(fastaUrl);
    if (genome === undefined) {
      genome = this.openSources(fastaUrl);
      genome.catch(() => undefined);
      this.opened.set(fastaUrl, genome);
    }
    return genome;
  }

  public close(): void {
    this.client.close();
  }

  private async openSources(fastaUrl: string): Promise<GenomeFile> {
    const compressed = /\.gz$/.test(fastaUrl.replace(/[?#].*$/, ''));
    return GenomeFile.open({
      fasta: this.source(fastaUrl, ''),
      fai: this.source(fastaUrl, '.fai'),
      gzi: compressed ? this.source(fastaUrl, '.gzi') : undefined,
    });
  }

  private source(fastaUrl: string, suffix: string): ByteSource {
    const retries = this.options.retries ?? DEFAULT_RETRIES;
    const url = this.parse(fastaUrl);
    this.options.policy.check(url);
    if (url.protocol === 'file:') return new FileSource(this.localPath(fastaUrl) + suffix, this.counter);
    // The scheme in lower case; the key as it is, since S3's keys are no paths.
    if (url.protocol === 's3:') return new S3Source(`s3${fastaUrl.slice(2)}${suffix}`, this.counter, retries);
    url.hash = '';
    url.pathname += suffix;
    return new HttpSource(url, this.client, this.counter, retries);
  }

  private parse(fastaUrl: string): URL {
    try {
      return new URL(fastaUrl);
    } catch {
      throw new WorkerError(ErrorName.GENOME_REFUSED, 'fasta_file_url is not a URL', { expected: 'https://HOST/PATH', found: fastaUrl });
    }
  }

  /** A URL parser would take the first part of a relative `file://NAME` for a host. */
  private localPath(fastaUrl: string): string {
    const path = decodeURIComponent(fastaUrl.slice('file://'.length).replace(/^localhost\//, '/'));
    if (isAbsolute(path)) return path;
    if (this.options.baseFolder === undefined) {
      throw new WorkerError(ErrorName.GENOME_REFUSED, `the relative ${fastaUrl} has no folder to be in`, { expected: 'file:///PATH', found: fastaUrl });
    }
    return resolve(this.options.baseFolder, path);
  }
}
