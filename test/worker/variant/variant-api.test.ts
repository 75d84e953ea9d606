import { serveVariants, VariantApiServer } from './variant-api-server';
import { VariantApi } from '../../../worker/variant/variant-api';

const ANSWER = { location: { chromosome: 'X', start: 5, end: 5, assembly: 'WBcel235' }, genomicReferenceSequence: 'C', genomicVariantSequence: 'T', id: 'other' };
const RETRIES = { attempts: 3, baseMs: 1, capMs: 2 };
/** As real ones, and as an attacker's. */
const IDS = ['NC_003284.9:g.5114224C>T', 'a/b', '../x', '..%2fx', 'x?y=z', 'x#y', 'x y', 'ä', '𝔾', '%', '%00', 'x\\y', '...', 'x;y', '\n', 'constructor', '__proto__'];

let server: VariantApiServer;
let api: VariantApi;

beforeEach(() => { jest.spyOn(process.stdout, 'write').mockReturnValue(true); });
afterEach(async () => {
  api.close();
  await server.close();
  jest.restoreAllMocks();
});

type Fault = Parameters<typeof serveVariants>[1];

async function serve(answers: Record<string, unknown>, fault?: Fault, allowLocal = true, idleMs = 60_000): Promise<void> {
  server = await serveVariants(answers, fault);
  api = new VariantApi({ baseUrl: server.url, allowLocal, retries: RETRIES, timeouts: { idleMs, attemptMs: 60_000 } });
}

test('an answer becomes a variant with the id that was asked for', async () => {
  await serve({ v: ANSWER, insertion: { location: { chromosome: 'X', start: 5, end: 6 }, genomicVariantSequence: 'T' } });
  expect(await api.find('v')).toEqual({ id: 'v', seqId: 'X', start: 5, end: 5, referenceSequence: 'C', alternativeSequence: 'T' });
  expect(await api.find('insertion')).toMatchObject({ referenceSequence: '', alternativeSequence: 'T' });
});

test('an id is one segment of the path, whatever is in it', async () => {
  await serve(Object.fromEntries(IDS.map((id) => [id, ANSWER])));
  for (const id of IDS) expect(await api.find(id)).toMatchObject({ id });
  expect(server.asked).toHaveLength(IDS.length);
  for (const path of server.asked) expect(path).toMatch(/^\/api\/variant\/[^/?#]+$/);
});

test.each(['.', '..', '\ud800', 'x\udc00y'])('%j cannot be one, and is not asked for', async (id) => {
  await serve({});
  await expect(api.find(id)).rejects.toMatchObject({ errorName: 'Pavi.VariantUnavailable', exitCode: 64, message: expect.stringContaining('cannot be a variant\'s id') });
  expect(server.asked).toEqual([]);
});

test('the base URL may have a slash at its end and a query', async () => {
  await serve({ v: ANSWER });
  for (const [base, asked] of [[`${server.url}/`, '/api/variant/v'], [`${server.url}//?key=1`, '/api/variant/v?key=1']]) {
    const other = new VariantApi({ baseUrl: base, allowLocal: true, retries: RETRIES });
    await other.find('v').catch(() => undefined);
    other.close();
    expect(server.asked.pop()).toBe(asked);
  }
});

test('each id is looked up once, and so many at once', async () => {
  let atOnce = 0;
  let most = 0;
  await serve(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`v${index}`, ANSWER])), (_request, response) => {
    most = Math.max(most, atOnce += 1);
    response.on('close', () => { atOnce -= 1; });
    return false;
  });
  const ids = Array.from({ length: 80 }, (_, index) => `v${index % 40}`);
  ids.forEach((id) => api.prefetch(id));
  await Promise.all(ids.map((id) => api.find(id)));
  expect(server.asked).toHaveLength(40);
  expect(api.lookups).toBe(40);
  expect(most).toBeLessThanOrEqual(8);
});

test.each<[string, Fault, RegExp]>([
  ['404', undefined, /^variant v is not known to http:.*; check its id$/],
  ['403', (_request, response) => { response.writeHead(403).end(); return true; }, /^variant v cannot be looked up: .* answered 403$/],
  ['no JSON', (_request, response) => { response.end('<html>'); return true; }, /^the variant API's answer for v is not JSON$/],
  ['an empty answer', (_request, response) => { response.end(); return true; }, /is not JSON$/],
  ['null', (_request, response) => { response.end('null'); return true; }, /has no usable location or sequences$/],
  ['a list', (_request, response) => { response.end('[]'); return true; }, /has no usable location or sequences$/],
  ['no location', (_request, response) => { response.end('{"genomicReferenceSequence":"A"}'); return true; }, /has no usable location or sequences$/],
  ['a position as text', (_request, response) => {
    response.end(JSON.stringify({ ...ANSWER, location: { ...ANSWER.location, start: '5' } }));
    return true;
  }, /has no usable location or sequences$/],
  ['a sequence that is none', (_request, response) => { response.end(JSON.stringify({ ...ANSWER, genomicReferenceSequence: {} })); return true; }, /has no usable/],
  ['no sequence at all', (_request, response) => { response.end(JSON.stringify({ location: ANSWER.location })); return true; }, /neither a reference nor an alternative/],
  ['a variant that ends before it starts', (_request, response) => {
    response.end(JSON.stringify({ ...ANSWER, location: { ...ANSWER.location, start: 6 } }));
    return true;
  }, /ends before it starts/],
  ['nesting without end', (_request, response) => { response.end('['.repeat(1_000_000)); return true; }, /is not JSON$/],
  ['an answer without end', (_request, response) => {
    const pour = () => { while (!response.destroyed && response.write(Buffer.alloc(65_536, ' '))); };
    response.on('drain', pour);
    pour();
    return true;
  }, /more than the 4194304 bytes/],
  ['a redirect that never ends', (_request, response) => { response.writeHead(302, { location: '/api/variant/v' }).end(); return true; }, /redirects more than/],
])('%s is an error that says so, at once', async (_name, fault, message) => {
  await serve({}, fault);
  await expect(api.find('v')).rejects.toMatchObject({ errorName: 'Pavi.VariantUnavailable', exitCode: 64, message: expect.stringMatching(message) });
});

test('passing faults are tried again, lasting ones are not the input\'s', async () => {
  await serve({ v: ANSWER }, (request, response, count) => {
    if (count > 2 && !request.url!.endsWith('busy')) return false;
    response.writeHead(503).end();
    return true;
  });
  expect(await api.find('v')).toMatchObject({ id: 'v' });
  expect(server.asked).toHaveLength(3);
  await expect(api.find('busy')).rejects.toMatchObject({ errorName: 'Pavi.VariantUnavailable', exitCode: 69, message: expect.stringContaining('answered 503') });
});

test('a server that says nothing is not waited for without end', async () => {
  await serve({}, () => true, true, 200);
  await expect(api.find('v')).rejects.toMatchObject({ errorName: 'Pavi.VariantUnavailable', exitCode: 69, message: expect.stringContaining('sent nothing for 0.2 s') });
  expect(server.asked).toHaveLength(3);
});

test('an API of this machine is asked only where that is allowed', async () => {
  await serve({ v: ANSWER }, undefined, false);
  await expect(api.find('v')).rejects.toMatchObject({ errorName: 'Pavi.VariantUnavailable', exitCode: 64, message: expect.stringContaining('may not be read') });
  expect(server.asked).toEqual([]);
});

test.each(['', 'example.org', 'ftp://example.org/', 'file:///etc'])('"%s" is no base URL', async (baseUrl) => {
  await serve({});
  expect(() => new VariantApi({ baseUrl, allowLocal: true })).toThrow(expect.objectContaining({
    errorName: 'Pavi.InvalidInput', message: '--variant-api-url is not a web address', expected: 'https://HOST/PATH', found: baseUrl,
  }));
});
