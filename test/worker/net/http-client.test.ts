import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpClient, HttpGet } from '../../../worker/net/http-client';
import { UrlPolicy } from '../../../worker/net/url-policy';

/** As in AWS, but for plain HTTP, which a test server speaks. */
class PublicOnly extends UrlPolicy {
  public readonly checked: string[] = [];

  constructor() {
    super({ allowLocal: false, sources: [] });
  }

  public override check(url: URL): void {
    this.checked.push(url.href);
    if (!/^http:\/\/(localhost|\w+\.test)(:\d+)?\//.test(url.href)) super.check(url);
  }
}

let server: Server;
let port: number;
let requests: string[];
let answer: (path: string) => [status: number, headers: Record<string, string>, body: string];
let client: HttpClient;
let policy: PublicOnly;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url!);
    const [status, headers, body] = answer(request.url!);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => {
  server.close(resolve);
  server.closeAllConnections();
}));

beforeEach(() => {
  requests = [];
  policy = new PublicOnly();
  client = new HttpClient(policy);
});
afterEach(() => client.close());

const get = (url: string, options: Partial<HttpGet> = {}) => client.get({ url: new URL(url), maxBytes: 1000, ...options });

test('a name that points into this machine is not connected to', async () => {
  await expect(get(`http://localhost:${port}/`)).rejects.toMatchObject({
    errorName: 'Pavi.GenomeRefused', message: 'the host localhost is not on the public internet', found: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
  });
  expect(requests).toEqual([]);
});

test('the address that was judged is the one that is connected to: a name is resolved once for each connection', async () => {
  const resolved: string[] = [];
  jest.spyOn(policy, 'checkAddress').mockImplementation((host, address) => { resolved.push(`${host} ${address}`); });
  answer = () => [200, {}, 'ACGT'];
  await get(`http://localhost:${port}/1`);
  await get(`http://localhost:${port}/2`);
  expect(requests).toEqual(['/1', '/2']);
  const once = [...resolved];
  await get(`http://localhost:${port}/3`);
  // The connection is still open: no other answer of a name server can come between.
  expect(resolved).toEqual(once);
});

describe('a redirect is judged as the first URL is', () => {
  beforeEach(() => jest.spyOn(policy, 'checkAddress').mockImplementation((host, address) => {
    if (host !== 'localhost') UrlPolicy.prototype.checkAddress.call(policy, host, address);
  }));

  test.each([
    ['http://169.254.169.254/latest/meta-data/', 'http://169.254.169.254/latest/meta-data/ may not be read'],
    ['https://169.254.169.254/latest/meta-data/', 'the host 169.254.169.254 is not on the public internet'],
    ['https://[::ffff:127.0.0.1]/', 'the host ::ffff:7f00:1 is not on the public internet'],
    ['https://2130706433/', 'the host 127.0.0.1 is not on the public internet'],
    ['file:///etc/passwd', 'file:///etc/passwd may not be read'],
    ['https://user:secret@example.org/', 'https://example.org/ has a user name or password'],
    ['//169.254.169.254/', 'http://169.254.169.254/ may not be read'],
  ])('to %s', async (location, message) => {
    answer = (path) => (path === '/' ? [302, { location: '/second' }, ''] : [301, { location }, '']);
    await expect(get(`http://localhost:${port}/`)).rejects.toMatchObject({ errorName: 'Pavi.GenomeRefused', message });
    expect(requests).toEqual(['/', '/second']);
  });

  test('and its range goes with it', async () => {
    answer = (path) => (path === '/' ? [308, { location: '/second' }, ''] : [206, { 'content-range': 'bytes 0-3/4' }, 'ACGT']);
    const { status, body } = await get(`http://localhost:${port}/`, { headers: { range: 'bytes=0-3' } });
    expect([status, body.toString()]).toEqual([206, 'ACGT']);
    expect(policy.checked).toEqual([`http://localhost:${port}/`, `http://localhost:${port}/second`]);
  });
});

describe('of an answer', () => {
  beforeEach(() => jest.spyOn(policy, 'checkAddress').mockReturnValue(undefined));

  test('no more is read than was allowed', async () => {
    answer = () => [200, {}, 'A'.repeat(1001)];
    await expect(get(`http://localhost:${port}/`)).rejects.toMatchObject({ name: 'HttpError', status: 200, message: expect.stringContaining('more than the 1000 bytes') });
    answer = () => [200, {}, 'A'.repeat(1000)];
    expect((await get(`http://localhost:${port}/`)).body).toHaveLength(1000);
  });

  test('the body of a refusal is not kept', async () => {
    answer = () => [404, {}, 'A'.repeat(5_000_000)];
    expect(await get(`http://localhost:${port}/`)).toMatchObject({ status: 404, body: Buffer.alloc(0) });
  });

  test('nothing is read after a stop', async () => {
    const stop = new AbortController();
    answer = () => {
      stop.abort(new Error('stopped'));
      return [200, {}, 'ACGT'];
    };
    await expect(get(`http://localhost:${port}/`, { signal: stop.signal })).rejects.toThrow('stopped');
  });
});

test('a host that does not exist is an error at once; one that does not listen may come back', async () => {
  await expect(get('http://nowhere.test/')).rejects.toMatchObject({ message: expect.stringMatching(/nowhere\.test/) });
  jest.spyOn(policy, 'checkAddress').mockReturnValue(undefined);
  await expect(get('http://localhost:1/')).rejects.toMatchObject({ name: 'TransientError' });
});
