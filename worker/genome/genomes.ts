import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ErrorName } from '../../src/contract/error-names';
import { HttpClient, HttpTimeouts } from '../net/http-client';
import { Limit } from '../net/limit';
import { DEFAULT_RETRIES, endedBy, RetryOptions } from '../net/retry';
import { UrlPolicy } from '../net/url-policy';
import { WorkerError } from '../worker-error';
import { ByteSource, ReadCounter } from './byte-source';
import { FileSource } from './file-source';
import { GenomeFile, SharedReading } from './genome-file';
import { GenomeMemory } from './genome-memory';
import { HttpSource } from './http-source';
import { S3Source } from './s3-source';

const MAX_REQUESTS_AT_ONCE = 8;
/** Their indexes are kept; of more, the one that was used longest ago is closed. */
const MAX_OPEN = 16;
/** How names of compressed FASTA files end. */
const COMPRESSED_NAME = /\.(gz|bgz|bgzf|bgzip)$/i;

export interface GenomesOptions {
  readonly policy: UrlPolicy;
  /** The folder that a relative `file://NAME` lies in: the input file's, where that is a local one. */
  readonly baseFolder?: string;
  /** @default DEFAULT_RETRIES */
  readonly retries?: RetryOptions;
  /** @default those of the HTTP client */
  readonly timeouts?: HttpTimeouts;
  /**
   * The sequences that will be read of each genome, by its URL; their lines are all that is kept of a `.fai` then.
   *
   * @default any
   */
  readonly wanted?: ReadonlyMap<string, ReadonlySet<string>>;
  /** @default a new one of the usual size */
  readonly memory?: GenomeMemory;
}

/** The genomes of a command. Close it at the end. */
export class Genomes {
  public readonly counter = new ReadCounter();
  private readonly client: HttpClient;
  private readonly retries: RetryOptions;
  private readonly closed = new AbortController();
  private readonly shared: SharedReading;
  private readonly opened = new Map<string, Promise<GenomeFile>>();

  constructor(private readonly options: GenomesOptions) {
    this.retries = endedBy(options.retries ?? DEFAULT_RETRIES, this.closed.signal);
    this.client = new HttpClient(options.policy, options.timeouts);
    this.shared = { memory: options.memory ?? new GenomeMemory(), limit: new Limit(MAX_REQUESTS_AT_ONCE) };
  }

  /** @throws WorkerError where the URL may not be read, or its indexes cannot be */
  public open(fastaUrl: string): Promise<GenomeFile> {
    const genome = this.opened.get(fastaUrl) ?? this.openSources(fastaUrl);
    this.opened.delete(fastaUrl);
    this.opened.set(fastaUrl, genome);
    for (const [oldest, unused] of this.opened) {
      if (this.opened.size <= MAX_OPEN) break;
      this.opened.delete(oldest);
      unused.then((file) => file.close(), () => undefined);
    }
    genome.catch(() => undefined);
    return genome;
  }

  /** Ends what is still being read. */
  public close(): void {
    this.closed.abort(new Error('the genomes were closed'));
    this.client.close();
  }

  private async openSources(fastaUrl: string): Promise<GenomeFile> {
    const { source, path } = this.locate(fastaUrl);
    return GenomeFile.open({ fasta: source(''), fai: source('.fai'), gzi: source('.gzi'), namedCompressed: COMPRESSED_NAME.test(path) },
      this.shared, this.options.wanted?.get(fastaUrl));
  }

  /** Where a FASTA file and, by their suffixes, its indexes lie, and what ends with its name; a URL that may not be read is refused. */
  private locate(fastaUrl: string): { source: (suffix: string) => ByteSource; path: string } {
    if (/^s3:/i.test(fastaUrl)) {
      this.options.policy.checkObject(fastaUrl);
      // The key as it is, since S3's keys are no paths.
      const uri = `s3${fastaUrl.slice(2)}`;
      return { source: (suffix) => new S3Source(uri + suffix, this.counter, this.retries), path: uri };
    }
    const url = this.parse(fastaUrl);
    this.options.policy.check(url);
    if (url.protocol === 'file:') {
      const path = pathOf(url);
      return { source: (suffix) => new FileSource(path + suffix, this.counter), path };
    }
    return { source: (suffix) => new HttpSource(withSuffix(url, suffix), this.client, this.counter, this.retries), path: fastaPath(url) };
  }

  /** A relative `file://NAME` becomes an absolute one; a URL parser would take its first part for a host. */
  private parse(fastaUrl: string): URL {
    const relative = /^file:\/\/(?!\/|localhost\/)(.*)$/is.exec(fastaUrl)?.[1];
    if (relative !== undefined && this.options.baseFolder !== undefined) {
      return new URL(`./${relative}`, pathToFileURL(`${resolve(this.options.baseFolder)}/`));
    }
    if (relative !== undefined && this.options.policy.allowLocal) {
      throw refused(`the relative ${fastaUrl} has no folder to be in`, 'file:///PATH', fastaUrl);
    }
    if (!URL.canParse(fastaUrl)) throw refused('fasta_file_url is not a URL', 'https://HOST/PATH', fastaUrl);
    return new URL(fastaUrl);
  }
}

function pathOf(file: URL): string {
  try {
    return fileURLToPath(file);
  } catch (error) {
    throw refused(`${file.href} is no file of this machine: ${(error as Error).message}`, 'file:///PATH', file.href);
  }
}

/** The part of a URL that ends with the file's name: its path, or its query where that does (`?file=genome.fa.gz`). */
function fastaPath({ pathname, search }: URL): string {
  return namesFasta(search) && !namesFasta(pathname) ? search : pathname;
}

function namesFasta(text: string): boolean {
  return /\.(fa|fasta|fna|ffn|fas)$/i.test(text) || COMPRESSED_NAME.test(text);
}

/** An index lies beside its FASTA file: the suffix goes to the file's name, and not behind a query such as a signature. */
function withSuffix(fasta: URL, suffix: string): URL {
  const url = new URL(fasta);
  url.hash = '';
  if (fastaPath(fasta) === fasta.search && fasta.search !== '') url.search += suffix;
  else url.pathname += suffix;
  return url;
}

function refused(message: string, expected: string, found: string): WorkerError {
  return new WorkerError(ErrorName.GENOME_REFUSED, message, { expected, found });
}
