import { readFileSync } from 'fs';
import { join } from 'path';
import fc from 'fast-check';
import { refusalOf } from './support/expressions';
import { PROBLEMS_UNLISTED } from '../../src/contract/entry-rules';
import { runInputProblems } from '../../worker/commands/run-input';
import { formatProblems } from '../../worker/sequence/region-entry';

/** Real entries with the first of their regions: every region more takes time to check, and none is checked in another way. */
const REAL: any[] = JSON.parse(readFileSync(join(__dirname, '..', 'data', 'golden', 'seq_regions.json'), 'utf8')).map((entry: any) => ({
  ...entry, exon_seq_regions: entry.exon_seq_regions.slice(0, 3), cds_seq_regions: entry.cds_seq_regions.slice(0, 3),
}));

/** Names that mean something to JavaScript or to JSONata's own data structures. */
const AWKWARD_KEYS = ['__proto__', 'constructor', 'prototype', 'sequence', 'keepSingleton', 'tupleStream', 'cons', 'outerWrapper',
  'length', '_jsonata_lambda', '_jsonata_function', 'toString', ''];
const FIELDS = ['unique_entry_id', 'base_seq_name', 'seq_id', 'seq_strand', 'exon_seq_regions', 'cds_seq_regions', 'fasta_file_url',
  'variant_ids', 'variants', 'alt_seq_name_suffix', 'start', 'end', 'frame', 'variant_id', 'genomic_seq_id', 'genomic_start_pos', 'genomic_ref_seq'];

const key = fc.oneof(fc.constantFrom(...FIELDS), fc.constantFrom(...AWKWARD_KEYS), fc.string({ maxLength: 5 }));
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('1..2', '2..1', '0..0', '..', '+', '-', '_ref',
  'https://a', 's3://bucket/key', '\u0000', '\ud800', '$', '{% 1 %}'));
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1e300, 1e15, 999_999_999_999_999, 5e-324));
const { json } = fc.letrec((tie) => ({
  json: fc.oneof({ maxDepth: 5, depthSize: 'small' }, fc.constant(null), fc.boolean(), number, text, tie('list'), tie('object')),
  list: fc.array(tie('json'), { maxLength: 4 }),
  object: fc.array(fc.tuple(key, tie('json')), { maxLength: 6 }).map((members) => objectOf(members as [string, unknown][])),
}));

/** As JSON gives it: with own properties only, `__proto__` included. */
function objectOf(members: [string, unknown][]): unknown {
  const unique = new Map(members);
  return JSON.parse(`{${[...unique].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`);
}

/** Every place in the value, as the keys that lead to it. */
function places(value: any): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.keys(value).flatMap((name) => places(value[name]).map((rest) => [name, ...rest]))];
}

function replaced(value: any, [first, ...rest]: (string | number)[], other: unknown): any {
  if (first === undefined) return other;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  copy[first] = replaced(value[first], rest, other);
  return copy;
}

/** A run's real input with up to three of its places overwritten. */
const mutated = fc.array(fc.tuple(fc.nat(), json), { minLength: 1, maxLength: 3 }).map((changes) => changes.reduce((input: any, [nth, other]) => {
  const all = places(input);
  return replaced(input, all[nth % all.length], other);
}, { seq_regions: [REAL[4], { ...REAL[5], variants: [] }], job_id: 'x' }));

/** Whatever the input is, there is a text: the worker's own, or the start of it. */
async function expectAnswer(input: unknown): Promise<void> {
  const refusal = await refusalOf(input);
  const problems = runInputProblems(input);
  if (refusal.endsWith(PROBLEMS_UNLISTED)) {
    const listed = refusal.slice(0, -PROBLEMS_UNLISTED.length).replace(/^at least \d+ problems?: /, '');
    expect(problems.join('; ').startsWith(listed.replace(/\.\.\.$/, ''))).toBe(true);
  } else {
    expect(refusal).toBe(problems.length === 0 ? '' : formatProblems(problems));
  }
}

/** Many inputs in the long form (PAVI_LONG_TESTS=1), the first of them in every run of the tests. */
const runs = (numRuns: number) => ({ numRuns: process.env.PAVI_LONG_TESTS === '1' ? numRuns * 25 : numRuns, seed: 20_240_601 });

test('any JSON has an answer', async () => {
  await fc.assert(fc.asyncProperty(json, expectAnswer), runs(60));
});

test('any JSON for the list, or in it, has an answer', async () => {
  await fc.assert(fc.asyncProperty(json, async (value) => {
    await expectAnswer({ seq_regions: value });
    await expectAnswer({ seq_regions: [value] });
    await expectAnswer({ seq_regions_uri: value, input_count: value });
  }), runs(40));
});

test('real entries with anything anywhere have an answer', async () => {
  await fc.assert(fc.asyncProperty(mutated, expectAnswer), runs(40));
});

test.each(['_jsonata_function', '_jsonata_lambda'])('an object that poses as a function by %s is refused, wherever it is', async (field) => {
  const posing = { [field]: true };
  for (const input of [posing, { seq_regions: posing }, { seq_regions: [posing, REAL[1]] }, { seq_regions: REAL, job_id: posing },
    { any: [[{ thing: posing }]] }, { seq_regions: [{ ...REAL[0], exon_seq_regions: [posing] }, REAL[1]] }]) {
    await expect(refusalOf(input)).resolves.toMatch(/^1 problem: the input has a field _jsonata_function or _jsonata_lambda/);
  }
  await expect(refusalOf({ seq_regions: REAL, note: '', [field]: 'true' })).resolves.toBe('');
});

test('lists of none and of one, and lists in lists, are not flattened into what they are not', async () => {
  const [entry] = REAL;
  for (const field of Object.keys(entry)) {
    for (const value of [[], [[]], [[[]]], [entry[field]], [[entry[field]]], [null]]) {
      await expectAnswer({ seq_regions: [{ ...entry, [field]: value }, REAL[1]] });
    }
  }
});

test('a text of 200,000 characters has an answer: what it is a part of is left to the worker, but not what has its place', async () => {
  const huge = 'A'.repeat(200_000);
  for (const field of Object.keys(REAL[0])) expect(await refusalOf({ seq_regions: [{ ...REAL[0], [field]: huge }, REAL[1]] })).toBe('');
  expect(await refusalOf(huge)).toMatch(/^at least 1 problem: the input must be a JSON object .* got "A{79}\.\.\.; there may be more/);
  expect(await refusalOf({ job_id: huge, seq_regions_uri: huge, input_count: huge })).toMatch(/^at least 2 problems: seq_regions_uri must be .*input_count must be /);
});
