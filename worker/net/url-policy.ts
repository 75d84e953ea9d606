import * as ipaddr from 'ipaddr.js';
import { parseS3Uri, S3Place } from '../../formats/s3-uri';
import { ErrorName } from '../../src/contract/error-names';
import { WorkerError } from '../worker-error';

export interface UrlPolicyOptions {
  /** Whether `file://`, `http://` and addresses that are not public may be read. */
  readonly allowLocal: boolean;
  /** Folders of URLs, or URLs of FASTA files; where there are any, every URL must lie in one, or be one or its index. */
  readonly sources: readonly string[];
}

/** Decides which of a caller's URLs may be read; asked before each request, redirects included, and after names are resolved. */
export class UrlPolicy {
  private readonly sources: readonly URL[];
  private readonly objectSources: readonly S3Place[];

  constructor(private readonly options: UrlPolicyOptions) {
    this.sources = options.sources.filter((source) => !isObjectUri(source)).map(parsePrefix);
    this.objectSources = options.sources.filter(isObjectUri).map(parseObjectPrefix);
  }

  public get allowLocal(): boolean {
    return this.options.allowLocal;
  }

  /**
   * For an object of S3. Bucket and key are compared as they are: a key is no path, so `?`, `#` and `%2e` are only letters in it.
   *
   * @throws WorkerError Pavi.GenomeRefused, saying what is allowed
   */
  public checkObject(uri: string): void {
    const place = parseObject(uri);
    if (place === undefined) {
      const hidden = uri.replace(/^(s3:\/*)[^/]*@/i, '$1');
      throw hidden === uri
        ? refused(`${uri} is not an object of S3`, 's3://BUCKET/KEY', uri)
        : refused(`${hidden} has a user name or password`, 'a URI without credentials', 'credentials before the bucket');
    }
    // S3 takes them as they are, but what lies between may not.
    if (/(^|\/)\.{1,2}(\/|$)/.test(place.key)) throw refused(`${uri} has "." or ".." for a folder of its key, which may not be read`, 's3://BUCKET/KEY', uri);
    if (this.options.sources.length > 0 && !this.objectSources.some((source) => lies(place, source))) throw this.notASource(uri);
  }

  /** @throws WorkerError Pavi.GenomeRefused, saying what is allowed */
  public check(url: URL): void {
    if (url.protocol === 's3:') return this.checkObject(url.href);
    const shown = redacted(url);
    if (!this.schemes.includes(url.protocol)) {
      throw refused(`${shown} may not be read`, `a URL that begins with ${this.schemes.map((scheme) => `${scheme}//`).join(' or ')}`, url.protocol);
    }
    if (url.username !== '' || url.password !== '') {
      throw refused(`${shown} has a user name or password`, 'a URL without credentials', 'credentials before the host name');
    }
    if (this.options.sources.length > 0 && !this.sources.some((source) => startsWith(url, source))) throw this.notASource(shown);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (/^https?:$/.test(url.protocol) && ipaddr.isValid(host)) this.checkAddress(host, host);
  }

  /** For each address that a host's name was resolved to. */
  public checkAddress(host: string, address: string): void {
    if (this.options.allowLocal || isPublic(address)) return;
    throw refused(`the host ${host} is not on the public internet`, 'a public address', address);
  }

  private notASource(shown: string): WorkerError {
    return refused(`${shown} is not one of the pipeline's genome sources`, this.options.sources, shown);
  }

  private get schemes(): string[] {
    return this.options.allowLocal ? ['https:', 's3:', 'file:', 'http:'] : ['https:', 's3:'];
  }
}

const SIGNATURES = /[?&](x-amz-signature|x-goog-signature|signature|sig|x-amz-security-token|token|hdnea|hdnts)=/i;

/** Whether a URL's query has what signed URLs of S3, CloudFront, Google, Azure and others have. */
export function isSigned(url: URL): boolean {
  return SIGNATURES.test(url.search);
}

/** Without what may be secret: credentials, and the query (presigned URLs have their signature there). */
export function redacted(url: URL): string {
  const shown = new URL(url.href);
  shown.username = '';
  shown.password = '';
  shown.hash = '';
  if (shown.search !== '') shown.search = '?...';
  return shown.href;
}

function isObjectUri(text: string): boolean {
  return /^s3:/i.test(text);
}

/** Any bucket's name, also one of the old rules. */
const BUCKET = /^[A-Za-z0-9._-]{3,255}$/;

function parseObject(uri: string): S3Place | undefined {
  const place = parseS3Uri(`s3${uri.slice(2)}`);
  return place !== undefined && BUCKET.test(place.bucket) ? place : undefined;
}

function parseObjectPrefix(prefix: string): S3Place {
  const place = parseObject(prefix);
  if (place === undefined) throw wrongPrefix(prefix);
  return place;
}

function parsePrefix(prefix: string): URL {
  if (!URL.canParse(prefix)) throw wrongPrefix(prefix);
  return new URL(prefix);
}

function wrongPrefix(prefix: string): WorkerError {
  return new WorkerError(ErrorName.INVALID_INPUT, `--genome-source must be the beginning of a URL, with its host, got "${prefix}"`,
    { expected: 'https://HOST/FOLDER/ or s3://BUCKET/FOLDER/', found: prefix });
}

/** An object lies in a source as a URL does, see {@link startsWith}. */
function lies({ bucket, key }: S3Place, source: S3Place): boolean {
  if (bucket !== source.bucket) return false;
  const folder = source.key === '' || source.key.endsWith('/') ? source.key : `${source.key}/`;
  return key.startsWith(folder) || ['', '.fai', '.gzi'].some((suffix) => key === source.key + suffix);
}

/**
 * Hosts and path segments are compared whole: neither is `https://example.org` a prefix of `https://example.org.evil.net/`, nor
 * `https://s3.amazonaws.com/genomes` one of `https://s3.amazonaws.com/genomes-of-others/`. A path with an encoded slash has none,
 * as a server may take that for one, and so leave the folder.
 */
function startsWith(url: URL, prefix: URL): boolean {
  if (url.protocol !== prefix.protocol || url.host !== prefix.host || /%2f|%5c|\\/i.test(url.pathname)) return false;
  return url.pathname.startsWith(prefix.pathname.replace(/\/*$/, '/'))
    || ['', '.fai', '.gzi'].some((suffix) => url.pathname === prefix.pathname + suffix);
}

/** All that is given out of IPv6 (IANA, "IPv6 Global Unicast Address Assignments"); outside of it are old forms of IPv4 addresses. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether the address is plain unicast: not loopback, private, link-local, carrier-grade NAT, or an IPv4 one of these in disguise. */
function isPublic(text: string): boolean {
  const address = ipaddr.process(text.replace(/%.*$/, ''));
  return address.range() === 'unicast' && (address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST));
}

function refused(message: string, expected: unknown, found: unknown): WorkerError {
  return new WorkerError(ErrorName.GENOME_REFUSED, message, { expected, found });
}
