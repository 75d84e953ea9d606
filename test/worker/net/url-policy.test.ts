import { redacted, UrlPolicy } from '../../../worker/net/url-policy';

const outcome = (url: string, options: { allowLocal?: boolean; sources?: string[] } = {}) => {
  try {
    const policy = new UrlPolicy({ allowLocal: false, sources: [], ...options });
    if (url.startsWith('s3:')) policy.checkObject(url);
    else policy.check(new URL(url));
    return 'read';
  } catch (error) {
    expect(error).toMatchObject({ errorName: 'Pavi.GenomeRefused', exitCode: 64 });
    return (error as Error).message;
  }
};

test.each([
  'https://s3.amazonaws.com/agrjbrowse/fasta/genome.fna.gz', 'https://example.org:8443/g.fa', 'https://8.8.8.8/g.fa', 'https://[2606:4700::1111]/g.fa',
  's3://bucket/key/g.fa.gz', 'https://xn--bcher-kva.example/g.fa',
])('%s may be read', (url) => expect(outcome(url)).toBe('read'));

test.each([
  'http://example.org/g.fa', 'file:///g.fa', 'ftp://example.org/g.fa', 'data:text/plain,ACGT', 'javascript:1', 'gopher://example.org/',
])('%s may not: its scheme', (url) => expect(outcome(url)).toMatch(/may not be read$/));

test.each([
  ['loopback', ['127.0.0.1', '127.1', '127.255.255.254', '2130706433', '0x7f000001', '0x7f.1', '017700000001', '0177.0.0.01', '１２７.0.0.1', '127.0.0.1.', '[::1]']],
  ['this host', ['0.0.0.0', '0', '[::]']],
  ['private', ['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '167772161', '[fd00::1]', '[fc00::1]', '[fec0::1]']],
  ['link-local and metadata services', ['169.254.169.254', '169.254.170.2', '2852039166', '0xa9fea9fe', '[fe80::1]', '[fd00:ec2::254]']],
  ['IPv4 in IPv6', ['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[::ffff:169.254.169.254]', '[::ffff:10.0.0.1]', '[64:ff9b::7f00:1]',
    '[64:ff9b:1::a00:1]', '[2002:7f00:1::]', '[2001:0:7f00:1::]']],
  ['not for hosts', ['100.64.0.1', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255', '192.0.0.8',
    '[ff02::1]', '[2001:db8::1]', '[100::1]', '[3fff::1]', '[5f00::1]']],
])('no address that is %s, however it is written', (_kind, hosts) => {
  for (const host of hosts) {
    expect(`${host}: ${outcome(`https://${host}/g.fa`)}`).toMatch(/is not on the public internet$/);
    expect(outcome(`https://${host}/g.fa`, { allowLocal: true })).toBe('read');
  }
});

test('a resolved address is judged as a written one', () => {
  const policy = new UrlPolicy({ allowLocal: false, sources: [] });
  for (const address of ['127.0.0.1', '::1', '::ffff:10.0.0.1', 'fe80::1%eth0', '169.254.169.254', '0.0.0.0']) {
    expect(() => policy.checkAddress('example.org', address)).toThrow('the host example.org is not on the public internet');
  }
  for (const address of ['8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8']) expect(() => policy.checkAddress('example.org', address)).not.toThrow();
});

test('no credentials, which would be sent to whoever the host is', () => {
  for (const url of ['https://user@example.org/g.fa', 'https://user:secret@example.org/g.fa', 'https://example.org@evil.net/g.fa', 's3://key:secret@bucket/g.fa']) {
    const message = outcome(url);
    expect(message).toMatch(/has a user name or password$/);
    expect(message).not.toContain('secret');
    expect(outcome(url, { allowLocal: true })).toBe(message);
  }
});

const SOURCES = ['https://example.org/genomes/', 'https://s3.amazonaws.com/agrjbrowse', 'https://example.net', 's3://bucket/fasta', 'https://example.com/one.fa.gz'];

test.each([
  'https://example.org/genomes/g.fa', 'https://example.org/genomes/sub/g.fa.gz.fai', 'https://EXAMPLE.org:443/genomes/g.fa', 'https://example.org/x/../genomes/g.fa',
  'https://s3.amazonaws.com/agrjbrowse/fasta/g.fa', 'https://example.net/any/where.fa?query', 's3://bucket/fasta/g.fa', 'https://example.com/one.fa.gz',
  'https://example.com/one.fa.gz.fai', 'https://example.com/one.fa.gz.gzi',
])('%s is one of the genome sources', (url) => expect(outcome(url, { sources: SOURCES })).toBe('read'));

test.each([
  'https://example.org/other/g.fa', 'https://example.org/genomes', 'https://example.org/genomes-of-others/g.fa', 'https://example.org/genomes/../g.fa',
  'https://example.org/genomes/%2e%2e/g.fa', 'https://example.org/genomes/.%2E/g.fa', 'https://example.org/genomes/..%2fg.fa', 'https://example.org/genomes\\..\\g.fa',
  'https://example.org/Genomes/g.fa', 'https://example.org:8443/genomes/g.fa', 'https://example.org.evil.net/genomes/g.fa', 'https://evilexample.org/genomes/g.fa',
  'https://example.org./genomes/g.fa', 'https://s3.amazonaws.com/agrjbrowse-evil/g.fa', 'https://s3.amazonaws.com/agrjbrowse.evil/g.fa', 'https://s3.amazonaws.com/',
  'https://example.net.evil.org/', 'https://evil.org/https://example.net/', 'https://evil.org/?https://example.net/', 's3://bucket/fasta2/g.fa', 's3://bucket-2/fasta/g.fa',
  's3://Bucket/fasta/g.fa', 's3://bucket/fasta/../secret.fa', 'https://example.com/one.fa.gz.other', 'https://example.com/one.fa',
])('%s is not', (url) => {
  const reason = url.includes('/../') && url.startsWith('s3:') ? /has "\." or "\.\." for a folder of its key/ : /is not one of the pipeline's genome sources$/;
  expect(outcome(url, { sources: SOURCES })).toMatch(reason);
});

describe('an object of S3 is compared by its bucket and its key as it is', () => {
  const sources = ['s3://bucket/fasta', 's3://bucket/one.fa.gz', 'S3://folders/a b%20/', 's3://whole', 's3://slash/', 'https://bucket/fasta'];

  test.each(['s3://bucket/fasta/g.fa', 's3://bucket/fasta/%2e%2e/g.fa', 's3://bucket/fasta/a?b#c.fa', 's3://bucket/one.fa.gz', 's3://bucket/one.fa.gz.fai', 's3://folders/a b%20/g.fa',
    's3://whole/any/key', 's3://slash/any', 's3://whole//x'])('%s lies in a source', (uri) => expect(outcome(uri, { sources })).toBe('read'));

  test.each(['s3://bucket/one.fa.gz?x', 's3://bucket/one.fa.gz#.fa', 's3://bucket/fasta%2fg.fa', 's3://bucket/Fasta/g.fa', 's3://bucket/fasta\\g.fa', 's3://bucket/fast%61/g.fa',
    's3://bucket//fasta/g.fa', 's3://folders/a%20b%20/g.fa', 's3://folders/a b /g.fa', 's3://wholes/key', 's3://bucket.evil/fasta/g.fa', 's3://bucket/fasta?/../g'.replace('/..', '')])(
    '%s does not', (uri) => expect(outcome(uri, { sources })).toMatch(/is not one of the pipeline's genome sources$/));

  test.each(['s3://bucket/../g.fa', 's3://bucket/./g.fa', 's3://bucket/fasta/..'])('%s has a folder that is none', (uri) => {
    for (const options of [{}, { sources }]) expect(outcome(uri, options)).toMatch(/for a folder of its key/);
  });

  test.each(['s3://', 's3:///key', 's3:bucket/key', 's3://b/key', 's3://bucket:80/key', 's3://bück/key'])('%s is none', (uri) => expect(outcome(uri)).toMatch(/is not an object of S3$/));

  test.each(['s3://b', 's3:bucket', 's3:///x'])('"%s" is no source', (source) => {
    expect(() => new UrlPolicy({ allowLocal: false, sources: [source] })).toThrow(/--genome-source must be the beginning of a URL/);
  });
});

test('allowing local ones does not lift the genome sources', () => {
  expect(outcome('file:///data/g.fa', { allowLocal: true, sources: SOURCES })).toMatch(/genome sources$/);
  expect(outcome('http://example.org/genomes/g.fa', { allowLocal: true, sources: SOURCES })).toMatch(/genome sources$/);
});

test.each([['example.org/genomes'], [''], ['https://'], ['//example.org']])('"%s" is no genome source', (source) => {
  expect(() => new UrlPolicy({ allowLocal: false, sources: [source] })).toThrow(/--genome-source must be the beginning of a URL, with its host, got/);
});

test('what may be secret is not shown', () => {
  expect(redacted(new URL('https://user:secret@example.org/g.fa?X-Amz-Signature=secret#secret'))).toBe('https://example.org/g.fa?...');
  expect(redacted(new URL('s3://bucket/g.fa'))).toBe('s3://bucket/g.fa');
});
