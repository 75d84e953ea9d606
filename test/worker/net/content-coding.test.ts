import { gzipSync } from 'node:zlib';
import { codingsOf, foreignCoding, unpacked } from '../../../worker/net/content-coding';

test.each<[string | undefined, string[]]>([
  [undefined, []], ['', []], ['identity', []], ['Identity', []], ['aws-chunked', []], ['utf-8', []], ['nonsense, words', []], ['gzip', ['gzip']],
  ['GZip', ['gzip']], ['aws-chunked,gzip', ['gzip']], [' gzip , br ', ['gzip', 'br']],
])('of "%s", only what changes bytes counts', (header, codings) => expect(codingsOf(header)).toEqual(codings));

test('gzip can be undone here, others cannot', () => {
  expect(['gzip', 'x-gzip', '', 'identity', 'utf-8'].map(foreignCoding)).toEqual(new Array(5).fill(undefined));
  expect(['br', 'gzip, zstd', 'deflate'].map(foreignCoding)).toEqual(['br', 'zstd', 'deflate']);
});

test('is undone only if the bytes are packed, and the header says so', () => {
  const text = Buffer.from('chr1\t10\t6\t60\t61\n');
  const packed = gzipSync(text);
  expect(unpacked(packed, 'gzip', 1000)).toEqual(text);
  expect(unpacked(text, 'gzip', 1000)).toBe(text);
  expect(unpacked(packed, '', 1000)).toBe(packed);
  const cut = packed.subarray(0, 20);
  expect(unpacked(cut, 'gzip', 1000)).toBe(cut);
  expect(() => unpacked(gzipSync(Buffer.alloc(2000)), 'gzip', 1000)).toThrow('is unpacked more than the 1000 bytes that may be read');
});
