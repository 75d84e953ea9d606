import { timingSafeEqual } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { SignatureError } from './signature-error';
import { header, SignedRequest } from './signed-request';
import type { FindCredentials, LocalCredentials } from './signer';

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** S3 allows a client's clock to be this far off ("Signature Version 4: RequestTimeTooSkewed"). */
const MAX_SKEW_MS = 15 * 60 * 1000;
/** A presigned URL holds for seven days at most. */
const MAX_EXPIRES_SECONDS = 604_800;
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/** Who signed, and what a chunked body's own signatures are chained to. */
export interface Verified {
  readonly credentials: LocalCredentials;
  readonly seed: ChunkSeed;
  /** The value of `x-amz-content-sha256`: a digest, or the name of a way to send the payload. */
  readonly payload: string;
}

export interface ChunkSeed {
  readonly signature: string;
  readonly longDate: string;
  readonly scope: string;
  sign(text: string): Promise<string>;
}

interface Claim {
  readonly accessKeyId: string;
  readonly scope: string;
  readonly region: string;
  readonly service: string;
  readonly longDate: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly token?: string;
  readonly payload: string;
  readonly query: ReadonlyMap<string, string>;
}

/** The signing library's canonical form, applied to a request that came in; the library itself only signs what goes out. */
class Signer extends SignatureV4 {
  constructor(credentials: LocalCredentials, region: string, service: string) {
    super({
      credentials: { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey },
      region,
      service,
      sha256: Sha256,
      // Every service but S3 escapes the path once more (IAM user guide, "Create a signed AWS API request").
      uriEscapePath: service !== 's3',
    });
  }

  public async signatureOf(request: SignedRequest, claim: Claim): Promise<string> {
    const headers = Object.fromEntries([...claim.signedHeaders].sort().map((name) => [name, (header(request, name) ?? '').trim().replace(/\s+/g, ' ')]));
    const canonical = this.createCanonicalRequest({
      method: request.method, protocol: 'http:', hostname: '', path: request.rawPath, query: Object.fromEntries(claim.query), headers,
    }, headers, claim.payload);
    const text = await this.createStringToSign(claim.longDate, claim.scope, canonical, ALGORITHM);
    return this.sign(text, { signingDate: dateOf(claim.longDate) });
  }
}

/** What a request to another service than S3 is signed for; its clients need not send the payload's digest, so it is computed here. */
export interface SignedService {
  readonly service: string;
  /** SHA-256 of the body, in hexadecimal. */
  readonly payload: string;
}

/**
 * Checks a request's Signature Version 4, in its headers or its URL.
 *
 * @throws SignatureError
 */
export async function verifySignature(
  request: SignedRequest, findCredentials: FindCredentials, region: string, now = Date.now(), other?: SignedService,
): Promise<Verified> {
  const claim = header(request, 'authorization') !== undefined ? headerClaim(request, other?.payload) : urlClaim(request, now);
  const service = other?.service ?? 's3';
  const credentials = findCredentials(claim.accessKeyId);
  if (credentials === undefined) {
    throw new SignatureError('UnknownKey', 'The AWS Access Key Id you provided does not exist in our records.', { AWSAccessKeyId: claim.accessKeyId });
  }
  if (credentials.sessionToken !== claim.token) throw new SignatureError('WrongToken', 'The provided token is malformed or otherwise invalid.');
  if (claim.region !== region || claim.service !== service) {
    throw new SignatureError('WrongScope',
      `The authorization header is malformed; the region '${claim.region}' is wrong; expecting '${region}'`, { Region: region });
  }
  const signer = new Signer(credentials, region, service);
  if (!equal(await signer.signatureOf(request, claim), claim.signature)) {
    throw new SignatureError('Mismatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.');
  }
  const signingDate = dateOf(claim.longDate);
  if (header(request, 'authorization') !== undefined && Math.abs(now - signingDate.getTime()) > MAX_SKEW_MS) {
    throw new SignatureError('Skewed', 'The difference between the request time and the current time is too large.');
  }
  const { signature, longDate: signedAt, scope, payload } = claim;
  const seed = { signature, longDate: signedAt, scope, sign: (text: string) => signer.sign(text, { signingDate }) };
  return { credentials, seed, payload };
}

function headerClaim(request: SignedRequest, computedPayload?: string): Claim {
  const text = header(request, 'authorization')!;
  const fields = /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+)\s*,\s*SignedHeaders=([^,\s]+)\s*,\s*Signature=([0-9a-f]{64})$/.exec(text);
  if (fields === null) throw new SignatureError('Malformed', 'The authorization header is malformed; expected AWS4-HMAC-SHA256');
  const signedHeaders = fields[2].split(';');
  checkAllSigned(request, signedHeaders);
  const payload = computedPayload ?? header(request, 'x-amz-content-sha256');
  if (payload === undefined) throw new SignatureError('Unsupported', 'Missing required header for this request: x-amz-content-sha256');
  return {
    ...scopeOf(fields[1]),
    longDate: longDate(header(request, 'x-amz-date')),
    signedHeaders,
    signature: fields[3],
    token: header(request, 'x-amz-security-token'),
    payload,
    query: request.query,
  };
}

function urlClaim(request: SignedRequest, now: number): Claim {
  // As S3 says it in all of its newer regions.
  if (request.query.has('AWSAccessKeyId')) {
    throw new SignatureError('Unsupported', `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`);
  }
  const field = (name: string) => request.query.get(`X-Amz-${name}`);
  const [credential, signature, signedHeaders] = [field('Credential'), field('Signature'), field('SignedHeaders')];
  if (credential === undefined || signature === undefined || signedHeaders === undefined || field('Algorithm') !== ALGORITHM) {
    throw new SignatureError('Denied', 'Access Denied');
  }
  const signedAt = longDate(field('Date'));
  const expires = Number(field('Expires'));
  if (!Number.isInteger(expires) || expires < 1 || expires > MAX_EXPIRES_SECONDS) {
    throw new SignatureError('MalformedUrl', 'X-Amz-Expires must be between 1 and 604800 seconds');
  }
  if (now > dateOf(signedAt).getTime() + expires * 1000) throw new SignatureError('Denied', 'Request has expired');
  if (dateOf(signedAt).getTime() > now + MAX_SKEW_MS) throw new SignatureError('Denied', 'Request is not valid yet');
  checkAllSigned(request, signedHeaders.split(';'));
  const query = new Map(request.query);
  query.delete('X-Amz-Signature');
  return {
    ...scopeOf(credential),
    longDate: signedAt,
    signedHeaders: signedHeaders.split(';'),
    signature,
    token: field('Security-Token'),
    payload: header(request, 'x-amz-content-sha256') ?? field('Content-Sha256') ?? UNSIGNED_PAYLOAD,
    query,
  };
}

/** A header of S3's own that is not signed could have been put there by anyone, and so could the host. */
function checkAllSigned(request: SignedRequest, signedHeaders: readonly string[]): void {
  const unsigned = Object.keys(request.headers).filter((name) => (name === 'host' || name.startsWith('x-amz-')) && !signedHeaders.includes(name));
  if (unsigned.length > 0) {
    throw new SignatureError('Denied', 'There were headers present in the request which were not signed', { HeadersNotSigned: unsigned.join(', ') });
  }
}

function scopeOf(credential: string): { accessKeyId: string; scope: string; region: string; service: string } {
  const [accessKeyId, day, region, service, end] = credential.split('/');
  if (end !== 'aws4_request') throw new SignatureError('Malformed', 'The authorization header is malformed; the Credential is mal-formed');
  return { accessKeyId, scope: `${day}/${region}/${service}/${end}`, region, service };
}

/** `20261124T120000Z` */
function longDate(text: string | undefined): string {
  if (text === undefined || !/^\d{8}T\d{6}Z$/.test(text)) {
    throw new SignatureError('Denied', 'AWS authentication requires a valid Date or x-amz-date header');
  }
  return text;
}

function dateOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

export function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
