import { explainedFailure, newestErrorFile } from '../../../src/orchestration/failure-explanation';
import { sequenceCount } from '../../../src/orchestration/run-result';
import { allStates, definitionWith, evaluate } from '../support/expressions';

const CAUSE = 'alignment, 3 entries: exit code 64, Essential container in task exited; log stream alignment/default/1';

describe('the error file that explains a failure', () => {
  const newest = (Contents: unknown, cause = CAUSE) => evaluate(newestErrorFile(), {
    states: { input: { failure: { cause } }, result: { Contents } },
  });
  const file = (Key: string, LastModified: string) => ({ Key, LastModified });

  test('is the newest', async () => {
    expect(await newest([file('a', '2025-01-01T00:00:00Z'), file('b', '2025-01-01T00:00:02Z'), file('c', '2025-01-01T00:00:01Z')])).toBe('b');
    expect(await newest([file('a', '2025-01-01T00:00:00Z')])).toBe('a');
  });

  test('is none where there is none', async () => {
    expect(await newest(undefined)).toBeUndefined();
    expect(await newest([])).toBeUndefined();
  });

  test.each([
    ['alignment, 3 entries: exit code 64, x', true], ['alignment, 3 entries: exit code 69; log stream x', true], ['alignment, 3 entries: exit code 70', true],
    ['alignment, 3 entries: the job failed', true], ['alignment, 3 entries: the job failed; log stream x', true], ['alignment: the job failed twice', false],
    ['alignment, 3 entries: exit code 137, out of memory', false], ['alignment, 3 entries: exit code 143', false], ['alignment: exit code 641', false],
    ['alignment: it did not end in time, waiting for a place to run included', false], ['alignment: Batch.ClientException: no', false],
  ])('is looked for where the worker ended by itself: %s %s', async (cause, looked) => {
    expect(await newest([file('a', '2025-01-01T00:00:00Z')], cause)).toBe(looked ? 'a' : undefined);
  });

  test('is none where no cause is known', async () => {
    expect(await evaluate(newestErrorFile(), { states: { input: { failure: {} }, result: { Contents: [file('a', '1')] } } })).toBeUndefined();
  });
});

test('as many files are listed as an answer of 256 KiB can tell of, whatever their keys', () => {
  const keyPrefix = `${'p'.repeat(255)}/`;
  const { ExplainFailure } = allStates(definitionWith({ keyPrefix }));
  const { MaxKeys } = ExplainFailure.Arguments;
  // The longest name of an execution, and of an entry.
  const Key = `${keyPrefix}work/${'r'.repeat(80)}/errors/${'e'.repeat(128)}.json`;
  const told = { Key, LastModified: '2026-01-01T00:00:00Z', ETag: `"\"${'0'.repeat(32)}\""`, ChecksumAlgorithm: ['CRC64NVME'], ChecksumType: 'FULL_OBJECT', Size: 50_000, StorageClass: 'INTELLIGENT_TIERING' };
  expect(MaxKeys).toBeGreaterThan(100);
  expect(JSON.stringify(Array(MaxKeys).fill(told)).length).toBeLessThan(256 * 1024 - 2000);
});

describe('what an error file tells', () => {
  const explained = (file: unknown) => evaluate(explainedFailure(), {
    states: { input: { failure: { error: 'Pavi.JobFailed', cause: CAUSE } }, result: { Body: JSON.stringify(file) } },
  });

  test('is its error, and message, entry, expected, found, and how the job ended', async () => {
    expect(await explained({ error: 'Pavi.GenomeUnavailable', entry: 'e1', message: 'no index', expected: 'a .fai file', found: { status: 404 } })).toEqual({
      failure: {
        error: 'Pavi.GenomeUnavailable',
        cause: `no index; entry e1; expected a .fai file; found {"status":404} [${CAUSE}]`,
      },
    });
  });

  test('is a bad input\'s list of problems once', async () => {
    const file = { error: 'Pavi.InvalidInput', entry: null, message: '2 problems: a; b', found: ['a', 'b'] };
    expect(await explained(file)).toEqual({ failure: { error: 'Pavi.InvalidInput', cause: `2 problems: a; b [${CAUSE}]` } });
  });

  test('leaves out what is not there', async () => {
    expect((await explained({ error: 'Pavi.Internal', entry: null, message: 'oh' })).failure.cause).toBe(`oh [${CAUSE}]`);
  });

  test.each([[undefined], [null], [5], ['States.Runtime'], ['Pavi.X; rm'], [['Pavi.Internal']]])('has no error name of its own in %j', async (error) => {
    expect((await explained({ error, message: 'oh' })).failure.error).toBe('Pavi.JobFailed');
  });

  test('is cut before it hides how the job ended', async () => {
    const { failure } = await explained({ error: 'Pavi.Internal', message: 'x'.repeat(100_000) });
    expect(failure.cause.length).toBeLessThan(32_768);
    expect(failure.cause.endsWith(`[${CAUSE}]`)).toBe(true);
  });

  test.each([[[]], [{}], ['text'], [7], [null]])('is nothing where the file holds %j, and does not throw', async (file) => {
    expect((await explained(file)).failure.cause).toContain(CAUSE);
  });
});

describe('the number of sequences in an alignment', () => {
  const count = async (Body: string) => (await evaluate(sequenceCount(), { states: { result: { Body } } })).sequenceCount;
  const block = (names: string[]) => `${names.map((name) => `${name}      MK-L 3`).join('\n')}\n               **  \n`;

  test.each([1, 2, 3, 40])('is %i', async (rows) => {
    const names = Array.from({ length: rows }, (_, index) => `seq${index}`);
    expect(await count(`CLUSTAL O(1.2.4) multiple sequence alignment\n\n\n${block(names)}\n${block(names)}`)).toBe(rows);
    // An alignment of one block.
    expect(await count(`CLUSTAL O(1.2.4) multiple sequence alignment\n\n\n${block(names)}`)).toBe(rows);
  });

  test('is not known where the first block is not whole', async () => {
    expect(await count('CLUSTAL O(1.2.4) multiple sequence alignment\n\n\nseq1      MK')).toBeNull();
    expect(await count('')).toBeNull();
    expect(await count(`CLUSTAL O(1.2.4) multiple sequence alignment\n\n\n${'seq1      MK 2\n'.repeat(3)}`)).toBeNull();
  });

  test('is that of thousands of rows too', async () => {
    const names = Array.from({ length: 3000 }, (_, index) => `s${index}`);
    expect(await count(`CLUSTAL O(1.2.4) multiple sequence alignment\n\n\n${block(names)}\n${block(names)}`)).toBe(3000);
  });
});
