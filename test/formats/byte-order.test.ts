import { inByteOrder } from '../../formats/byte-order';

test('names stand in the order of their UTF-8 bytes, which is not that of UTF-16', () => {
  // U+FF5E is one UTF-16 unit above those of U+1F600, and three bytes below its four.
  expect(inByteOrder(['\u{1F600}', '\uFF5E', 'b', 'B', 'a.', 'a-'])).toEqual(['B', 'a-', 'a.', 'b', '\uFF5E', '\u{1F600}']);
});
