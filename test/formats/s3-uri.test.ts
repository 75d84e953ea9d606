import { parseS3Uri, s3Uri } from '../../formats/s3-uri';

test.each([
  ['s3://bucket/a/b.json', { bucket: 'bucket', key: 'a/b.json' }],
  ['s3://bucket/', { bucket: 'bucket', key: '' }],
  ['s3://bucket', { bucket: 'bucket', key: '' }],
  ['s3://bucket/a\nb', { bucket: 'bucket', key: 'a\nb' }],
])('%j is read', (uri, place) => {
  expect(parseS3Uri(uri)).toEqual(place);
});

test.each([['s3:///key'], ['S3://bucket/key'], ['https://bucket/key'], ['/bucket/key'], [''], [undefined], [null], [7]])('%j is no place in S3', (uri) => {
  expect(parseS3Uri(uri)).toBeUndefined();
});

test('a place is written as it was read', () => {
  expect(s3Uri(parseS3Uri('s3://bucket/a//b/')!)).toBe('s3://bucket/a//b/');
});
