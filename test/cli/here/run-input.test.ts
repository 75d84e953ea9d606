import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { genomeFolders } from '../../../cli/here/run-input';

let folder: string;

beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'pavi-genomes-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the folders of an input\'s local genomes are each named once, and nothing of other entries', () => {
  const [one, two] = ['one', 'a b'].map((name) => join(folder, name));
  for (const path of [one, two]) mkdirSync(path);
  const urls = [`${pathToFileURL(join(one, 'x.fa'))}`, `${pathToFileURL(join(one, 'y.fa'))}`, `${pathToFileURL(join(two, 'z.fa'))}`,
    'https://genomes.org/x.fa', 's3://genomes/x.fa', 'file:///x.fa', 'file://host/etc/x.fa', 'file:///%2F', 'file:///no/such/folder/x.fa', 7, undefined];
  const entries = [...urls.map((url) => ({ fasta_file_url: url })), null, 'text'];
  expect(genomeFolders({ seq_regions: entries })).toEqual([one, two]);
});

test.each([[{}], [{ seq_regions: 'x' }], [{ seq_regions_uri: 's3://b/k', input_count: 2 }]])('%j has none', (input) => {
  expect(genomeFolders(input)).toEqual([]);
});
