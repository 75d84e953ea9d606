import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { BUCKET, failureOf, LocalS3, OWNER, REGION } from './support/local-s3';

let s3: LocalS3;
let client: S3Client;

beforeAll(async () => {
  s3 = await LocalS3.start();
  client = s3.owner();
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'key', Body: 'text', Metadata: { a: '1' } }));
});
afterAll(() => s3.stop());

const get = new GetObjectCommand({ Bucket: BUCKET, Key: 'key' });

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Buffer;
}

function send({ method, path, headers, body }: Sent): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${s3.server.endpoint}${path}`, { method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => { text += chunk; }).on('end', () => resolve({ status: answer.statusCode!, text }));
    });
    sent.on('error', reject).end(body);
  });
}

/** A request as a client signs it; the test then tampers with it. */
async function signed(method: string, key: string, options: { body?: string; headers?: Record<string, string>; at?: Date } = {}): Promise<Sent> {
  const url = new URL(s3.server.endpoint);
  const signer = new SignatureV4({ credentials: OWNER, region: REGION, service: 's3', sha256: Sha256, uriEscapePath: false });
  const made = await signer.sign({
    method,
    protocol: 'http:',
    hostname: url.hostname,
    port: Number(url.port),
    path: `/${BUCKET}/${key}`,
    query: {},
    headers: { host: url.host, ...options.body === undefined ? {} : { 'content-length': String(options.body.length) }, ...options.headers },
    body: options.body,
  }, { signingDate: options.at });
  return { method, path: `/${BUCKET}/${key}`, headers: made.headers, body: options.body };
}

async function presigned(method: string, key: string, options: { seconds?: number; at?: Date; query?: Record<string, string> } = {}): Promise<Sent> {
  const url = new URL(s3.server.endpoint);
  const signer = new SignatureV4({ credentials: OWNER, region: REGION, service: 's3', sha256: Sha256, uriEscapePath: false });
  const made = await signer.presign({
    method,
    protocol: 'http:',
    hostname: url.hostname,
    port: Number(url.port),
    path: `/${BUCKET}/${key}`,
    query: { ...options.query },
    headers: { 'host': url.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
  }, { expiresIn: options.seconds ?? 60, signingDate: options.at, unhoistableHeaders: new Set(['x-amz-content-sha256']), unsignableHeaders: new Set(['x-amz-content-sha256']) });
  const query = new URLSearchParams(made.query as Record<string, string>).toString().replace(/\+/g, '%20');
  return { method, path: `/${BUCKET}/${key}?${query}`, headers: { host: url.host } };
}

test('an unknown key, a wrong secret, a wrong or missing token, a wrong region', async () => {
  const role = s3.issue([{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
  await s3.client(role).send(get);
  expect(await failureOf(s3.client({ ...OWNER, accessKeyId: 'AKIANOBODY' }).send(get))).toEqual({
    code: 'InvalidAccessKeyId', status: 403, message: 'The AWS Access Key Id you provided does not exist in our records.',
  });
  expect(await failureOf(s3.client({ ...OWNER, secretAccessKey: 'guess' }).send(get))).toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 });
  expect(await failureOf(s3.client({ ...role, sessionToken: 'guess' }).send(get))).toMatchObject({ code: 'InvalidToken', status: 400 });
  expect(await failureOf(s3.client({ ...role, sessionToken: undefined }).send(get))).toMatchObject({ code: 'InvalidToken', status: 400 });
  expect(await failureOf(s3.owner({ region: 'eu-west-1' }).send(get))).toMatchObject({ code: 'AuthorizationHeaderMalformed', status: 400 });
});

test('nobody at all is refused', async () => {
  const { status, text } = await send({ method: 'GET', path: `/${BUCKET}/key`, headers: {} });
  expect(status).toBe(403);
  expect(text).toContain('<Code>AccessDenied</Code>');
  expect((await send({ method: 'GET', path: '/', headers: {} })).status).toBe(403);
  expect((await send({ method: 'PUT', path: `/${BUCKET}/anonymous`, headers: {}, body: 'x' })).status).toBe(403);
  expect((await send({ method: 'GET', path: `/${BUCKET}/key`, headers: { authorization: 'AWS AKIAOWNER:c2lnbmF0dXJl' } })).status).toBe(400);
});

test('what is signed goes through as it is', async () => {
  expect(await send(await signed('GET', 'key'))).toEqual({ status: 200, text: 'text' });
  expect((await send(await signed('PUT', 'raw', { body: 'raw text', headers: { 'x-amz-meta-b': '2' } }))).status).toBe(200);
});

test.each<[string, (sent: Sent) => Sent]>([
  ['the method', (sent) => ({ ...sent, method: 'DELETE' })],
  ['the key', (sent) => ({ ...sent, path: `/${BUCKET}/other` })],
  ['a query that was not there', (sent) => ({ ...sent, path: `${sent.path}?response-content-type=text%2Fhtml` })],
  ['a header', (sent) => ({ ...sent, headers: { ...sent.headers, 'x-amz-meta-b': '3' } })],
  ['the date', (sent) => ({ ...sent, headers: { ...sent.headers, 'x-amz-date': sent.headers['x-amz-date'].replace(/\d\dZ$/, (text) => text === '00Z' ? '01Z' : '00Z') } })],
  ['a header of S3 that was not there', (sent) => ({ ...sent, headers: { ...sent.headers, 'x-amz-copy-source': `${BUCKET}/key` } })],
  ['the signature', (sent) => ({ ...sent, headers: { ...sent.headers, authorization: sent.headers.authorization.replace(/.$/, (last) => last === '0' ? '1' : '0') } })],
])('%s was changed on the way', async (_name, tamper) => {
  const { status, text } = await send(tamper(await signed('PUT', 'tampered', { body: 'text', headers: { 'x-amz-meta-b': '2' } })));
  expect(status).toBe(403);
  expect(text).toMatch(/<Code>(SignatureDoesNotMatch|AccessDenied)<\/Code>/);
  expect((await send(await signed('GET', 'tampered'))).status).toBe(404);
});

test('the body was changed on the way', async () => {
  const sent = await signed('PUT', 'tampered', { body: 'text' });
  const { status, text } = await send({ ...sent, body: 'fake' });
  expect(status).toBe(400);
  expect(text).toContain('<Code>XAmzContentSHA256Mismatch</Code>');
  expect((await send(await signed('GET', 'tampered'))).status).toBe(404);
});

test.each([['too old', -16], ['from the future', 16]])('a request that is %s', async (_name, minutes) => {
  const { status, text } = await send(await signed('GET', 'key', { at: new Date(Date.now() + minutes * 60_000) }));
  expect(status).toBe(403);
  expect(text).toContain('<Code>RequestTimeTooSkewed</Code>');
});

test('a clock may be some minutes off', async () => {
  expect((await send(await signed('GET', 'key', { at: new Date(Date.now() - 14 * 60_000) }))).status).toBe(200);
});

describe('presigned URLs', () => {
  test('read and write', async () => {
    expect(await send(await presigned('GET', 'key'))).toEqual({ status: 200, text: 'text' });
    expect((await send({ ...await presigned('PUT', 'by%20url'), body: 'by url' })).status).toBe(200);
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'by url' }));
    expect(await Body!.transformToString()).toBe('by url');
  });

  test.each<[string, () => Promise<Sent>, number, string]>([
    ['expired', () => presigned('GET', 'key', { seconds: 10, at: new Date(Date.now() - 11_000) }), 403, 'Request has expired'],
    ['not valid yet', () => presigned('GET', 'key', { at: new Date(Date.now() + 20 * 60_000) }), 403, 'Request is not valid yet'],
    ['for longer than a week', async () => {
      const sent = await presigned('GET', 'key', { seconds: 604_800 });
      return { ...sent, path: sent.path.replace('604800', '604801') };
    }, 400, 'X-Amz-Expires'],
    ['for another method', async () => ({ ...await presigned('GET', 'key'), method: 'PUT', body: 'x' }), 403, 'SignatureDoesNotMatch'],
    ['for another key', async () => {
      const sent = await presigned('GET', 'other');
      return { ...sent, path: sent.path.replace('/other', '/key') };
    }, 403, 'SignatureDoesNotMatch'],
    ['made to last longer', async () => {
      const sent = await presigned('GET', 'key', { seconds: 10, at: new Date(Date.now() - 11_000) });
      return { ...sent, path: sent.path.replace('X-Amz-Expires=10', 'X-Amz-Expires=100') };
    }, 403, 'SignatureDoesNotMatch'],
    ['of Signature Version 2', async () => (
      { method: 'GET', path: `/${BUCKET}/key?AWSAccessKeyId=${OWNER.accessKeyId}&Signature=eA%3D%3D&Expires=9999999999`, headers: {} }
    ), 400, 'Please use AWS4-HMAC-SHA256'],
    ['with a header of S3 that was not signed', async () => {
      const sent = await presigned('PUT', 'key2');
      return { ...sent, headers: { ...sent.headers, 'x-amz-copy-source': `${BUCKET}/key` } };
    }, 403, 'not signed'],
  ])('%s', async (_name, make, status, words) => {
    const answer = await send(await make());
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(words);
  });
});

describe('signed chunks', () => {
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

  /** As "Signature calculations: transferring payload in multiple chunks" of the S3 API reference has it. */
  async function chunked(chunks: readonly string[], trailer?: string): Promise<Sent & { readonly parts: string[] }> {
    const kind = `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer === undefined ? '' : '-TRAILER'}`;
    const length = chunks.join('').length;
    const sent = await signed('PUT', 'chunked', {
      headers: {
        'x-amz-content-sha256': kind,
        'x-amz-decoded-content-length': String(length),
        'content-encoding': 'aws-chunked',
        ...trailer === undefined ? {} : { 'x-amz-trailer': trailer.split(':')[0] },
      },
    });
    const date = sent.headers['x-amz-date'];
    const scope = `${date.slice(0, 8)}/${REGION}/s3/aws4_request`;
    const key = [date.slice(0, 8), REGION, 's3', 'aws4_request'].reduce<string | Buffer>((made, part) => hmac(made, part), `AWS4${OWNER.secretAccessKey}`);
    let previous = /Signature=([0-9a-f]+)/.exec(sent.headers.authorization)![1];
    const parts = [...chunks, ''].map((chunk) => {
      previous = hmac(key, `AWS4-HMAC-SHA256-PAYLOAD\n${date}\n${scope}\n${previous}\n${sha256('')}\n${sha256(chunk)}`).toString('hex');
      return `${chunk.length.toString(16)};chunk-signature=${previous}\r\n${chunk === '' ? '' : `${chunk}\r\n`}`;
    });
    if (trailer !== undefined) {
      const signature = hmac(key, `AWS4-HMAC-SHA256-TRAILER\n${date}\n${scope}\n${previous}\n${sha256(`${trailer}\n`)}`).toString('hex');
      parts.push(`${trailer}\r\nx-amz-trailer-signature:${signature}\r\n`);
    }
    parts.push('\r\n');
    return { ...sent, parts, body: parts.join('') };
  }

  const CRC = 'x-amz-checksum-crc32:y/Q5Jg==';

  test('are put together', async () => {
    expect((await send(await chunked(['hello ', 'chunked ', 'world']))).status).toBe(200);
    expect(await send(await signed('GET', 'chunked'))).toEqual({ status: 200, text: 'hello chunked world' });
    expect((await send(await chunked([]))).status).toBe(200);
    expect((await send(await chunked(['12345', '6789'], CRC))).status).toBe(200);
    expect((await send(await signed('GET', 'chunked'))).text).toBe('123456789');
  });

  test.each<[string, (parts: string[]) => string]>([
    ['a chunk was changed', (parts) => parts.join('').replace('1234', '4321')],
    ['two chunks were swapped', ([a, b, ...rest]) => [b, a, ...rest].join('')],
    ['a chunk was sent twice', ([a, b, ...rest]) => [a, a, b, ...rest].join('')],
    ['the last chunks are missing', ([a]) => a],
    ['a chunk is not signed', (parts) => parts.join('').replace(/;chunk-signature=[0-9a-f]+/, '')],
    ['the trailer was changed', (parts) => parts.join('').replace('crc32:y', 'crc32:z')],
    ['the trailer\'s signature was changed', (parts) => parts.join('').replace(/(trailer-signature:)./, (_all, name) => `${name}g`)],
    ['the trailer\'s signature is missing', (parts) => parts.join('').replace(/x-amz-trailer-signature:[0-9a-f]+\r\n/, '')],
    ['bytes follow the end', (parts) => `${parts.join('')}more\r\n`],
  ])('%s', async (_name, tamper) => {
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'chunked', Body: 'old' }));
    const sent = await chunked(['12345', '6789'], CRC);
    const { status, text } = await send({ ...sent, body: tamper(sent.parts) });
    expect([400, 403]).toContain(status);
    expect(text).toMatch(/<Code>(SignatureDoesNotMatch|InvalidRequest|IncompleteBody|MalformedTrailerError)<\/Code>/);
    expect((await send(await signed('GET', 'chunked'))).text).toBe('old');
  });
});

