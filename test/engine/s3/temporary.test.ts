import * as fs from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BucketStore } from '../../../engine/s3/object-store';

jest.mock('node:fs', () => ({ ...jest.requireActual<typeof fs>('node:fs'), writeFileSync: jest.fn(jest.requireActual<typeof fs>('node:fs').writeFileSync) }));

let root: string;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'pavi-store-')); });
afterEach(() => rmSync(root, { recursive: true, force: true }));

test.each([true, false])('an object waits for the disk only where it is to outlive the machine (%s)', (flush) => {
  const buckets = new BucketStore(root, flush);
  buckets.create('bucket');
  const object = { key: 'a', size: 0, etag: '', lastModified: '', headers: {}, data: 'none' };
  buckets.get('bucket').put(object);
  expect(fs.writeFileSync).toHaveBeenLastCalledWith(expect.any(String), JSON.stringify(object), { flush });
  expect(new BucketStore(root, flush).get('bucket').get('a')).toEqual(object);
});
