import type { ObjectStore } from '../object-store';
import { invalidArgument } from '../s3-error';
import { integerOf } from '../s3-request';
import { toXml, XmlContent } from '../xml';
import { authorize, Call, Operation, S3Response } from './call';

const MAX_KEYS = 1000;
/** All is the account's; a canonical user's id has 64 hexadecimal digits. */
const OWNER = { ID: '0'.repeat(64) };

interface Page {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  /** After which key or common prefix the next page begins. */
  readonly last?: string;
}

/** A key as it stands in the answer. */
type Text = (key: string) => string;

export const listObjectsV2: Operation = async (call) => {
  const [token, startAfter] = ['continuation-token', 'start-after'].map((name) => call.request.query.get(name));
  const after = () => (token === undefined ? startAfter ?? '' : keyOfToken(token));
  return listing(call, after, call.request.query.get('fetch-owner') === 'true', ({ keys, prefixes, last }, text) => ({
    ...startAfter === undefined ? {} : { StartAfter: text(startAfter) },
    ...token === undefined ? {} : { ContinuationToken: token },
    KeyCount: keys.length + prefixes.length,
    ...last === undefined ? {} : { NextContinuationToken: Buffer.from(last).toString('base64url') },
  }));
};

/** The first version of the listing: as boto3's `bucket.objects` and older programs list. */
export const listObjects: Operation = async (call) => {
  const { query } = call.request;
  const marker = query.get('marker') ?? '';
  return listing(call, () => marker, true, ({ last }, text) => ({
    Marker: text(marker), ...last === undefined || !query.has('delimiter') ? {} : { NextMarker: text(last) },
  }));
};

/** What both versions answer, with what one has of its own. */
function listing(call: Call, after: () => string, withOwner: boolean, own: (page: Page, text: Text) => XmlContent): S3Response {
  const { request, request: { bucket, query } } = call;
  const store = call.buckets.get(bucket);
  authorize(call, 's3:ListBucket', bucket);
  const [prefix = '', delimiter] = ['prefix', 'delimiter'].map((name) => query.get(name));
  const maxKeys = Math.min(MAX_KEYS, integerOf(request, 'max-keys', MAX_KEYS, 0, 2 ** 31 - 1));
  const { encodingType, text } = encodingOf(query);
  const page = pageOf(store, prefix, delimiter ?? '', after(), maxKeys);
  return {
    status: 200,
    body: toXml('ListBucketResult', {
      Name: bucket,
      Prefix: text(prefix),
      ...delimiter === undefined ? {} : { Delimiter: text(delimiter) },
      ...encodingType === undefined ? {} : { EncodingType: encodingType },
      MaxKeys: maxKeys,
      IsTruncated: page.last !== undefined,
      ...own(page, text),
      ...contentsOf(store, page, text, withOwner),
    }),
  };
}

function contentsOf(store: ObjectStore, page: Page, text: Text, withOwner: boolean): XmlContent {
  const Contents = page.keys.map((key) => {
    const { size, etag, lastModified, checksum } = store.get(key);
    return {
      Key: text(key),
      LastModified: lastModified,
      ETag: `"${etag}"`,
      ...checksum === undefined ? {} : { ChecksumAlgorithm: checksum.algorithm },
      Size: size,
      ...withOwner ? { Owner: OWNER } : {},
      StorageClass: 'STANDARD',
    };
  });
  return { Contents, CommonPrefixes: page.prefixes.map((Prefix) => ({ Prefix: text(Prefix) })) };
}

function encodingOf(query: ReadonlyMap<string, string>): { encodingType?: string; text: Text } {
  const encodingType = query.get('encoding-type');
  if (encodingType === undefined) return { text: (key) => key };
  if (encodingType !== 'url') throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encodingType);
  return { encodingType, text: urlEncoded };
}

function pageOf(store: ObjectStore, prefix: string, delimiter: string, after: string, maxKeys: number): Page {
  const keys: string[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  if (maxKeys === 0) return { keys, prefixes };
  const afterBytes = Buffer.from(after);
  for (const key of store.keys()) {
    if (!key.startsWith(prefix) || (after !== '' && Buffer.compare(Buffer.from(key), afterBytes) <= 0)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = end < 0 ? undefined : key.slice(0, end + delimiter.length);
    // The rest of a common prefix that this page, or the one before, has already named.
    if (common !== undefined && (prefixes.at(-1) === common || (after !== '' && common === after))) continue;
    if (keys.length + prefixes.length === maxKeys) return { keys, prefixes, last };
    if (common === undefined) keys.push(key);
    else prefixes.push(common);
    last = common ?? key;
  }
  return { keys, prefixes };
}

function keyOfToken(token: string): string {
  const key = Buffer.from(token, 'base64url').toString('utf8');
  if (token === '' || Buffer.from(key).toString('base64url') !== token) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
  }
  return key;
}

/** As S3 does it: everything but letters, digits and `-_.~/` and `*`. */
function urlEncoded(key: string): string {
  return encodeURIComponent(key).replace(/%2F/g, '/').replace(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
