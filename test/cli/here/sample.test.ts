import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ROOT } from './support/pavi-pipeline';
import { jobsOf, runSample, SAMPLE, SAMPLE_INPUT, sampleEntries, TestFolders } from './support/sample-run';
import { JobsTable, ShareIdentifier } from '../../../src';
import { ALL_NAMES } from '../../src/support/names';
import { fargate, importedQueue, QUEUE_ARN } from '../../src/support/pipeline-stack';

const folders = new TestFolders();
let app: string;

beforeAll(() => { app = folders.synthesize(); });
afterAll(() => folders.remove());

/** What Clustal Omega itself makes of the recorded proteins. */
function alignmentOfExpected(): string {
  const output = folders.path('expected.aln');
  execFileSync('clustalo', ['-i', join(ROOT, 'test/data/worm/expected.fa'), '--outfmt=clustal', '--resno', '-o', output]);
  return readFileSync(output, 'utf8');
}

test('the sample comes out byte for byte, with the variant that PAVI recorded', async () => {
  const { code, stdout, stderr, output } = await runSample(folders, app, SAMPLE_INPUT);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(`${join(output, 'alignment-output.aln')}\n${join(output, 'aligned_seq_info.json')}\n`);
  for (const file of ['alignment-output.aln', 'aligned_seq_info.json']) {
    expect(readFileSync(join(output, file), 'utf8')).toBe(readFileSync(join(SAMPLE, 'expected', file), 'utf8'));
  }
});

test('resources with names of their own run the same', async () => {
  const named = folders.synthesize({ names: ALL_NAMES, jobsTable: JobsTable.create() });
  const { code, stderr, output, history } = await runSample(folders, named, SAMPLE_INPUT);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(history.at(-1)!.details.output).result_s3_uri).toMatch(/^s3:\/\/pavi-pipeline-test\/results\//);
  expect(readFileSync(join(output, 'alignment-output.aln'), 'utf8')).toBe(readFileSync(join(SAMPLE, 'expected/alignment-output.aln'), 'utf8'));
});

test('what is expected of the sample is what Clustal Omega and PAVI recorded', () => {
  const alignment = readFileSync(join(SAMPLE, 'expected/alignment-output.aln'), 'utf8');
  expect(alignment).toBe(alignmentOfExpected());
  const seqInfo = JSON.parse(readFileSync(join(SAMPLE, 'expected/aligned_seq_info.json'), 'utf8'));
  const recorded = JSON.parse(readFileSync(join(ROOT, 'test/data/golden/aligned_seq_info.json'), 'utf8'));
  expect(Object.keys(seqInfo)).toEqual(['apl-1_C42D8.8a.1_ref', 'apl-1_C42D8.8a.1_yn32', 'apl-1_C42D8.8b.1', 'mgl-1_ZC506.4a.1']);
  const withoutColumns = ({ alignment_start_pos: _start, alignment_end_pos: _end, ...variant }: Record<string, unknown>) => variant;
  const variant = seqInfo['apl-1_C42D8.8a.1_yn32'].embedded_variants[0];
  expect(withoutColumns(variant)).toEqual(withoutColumns(recorded['apl-1_C42D8.8a.1_yn32'].embedded_variants[0]));
  // The column that the alignment itself shows: three rows agree there, and the allele differs from its reference in it alone.
  const rows = rowsOf(alignment);
  const differing = [...rows['apl-1_C42D8.8a.1_ref']].flatMap((residue, index) => (residue === rows['apl-1_C42D8.8a.1_yn32'][index] ? [] : [index + 1]));
  expect(differing).toEqual([variant.alignment_start_pos]);
  expect(variant.alignment_end_pos).toBe(variant.alignment_start_pos);
});

test('the execution gives what the contract says of a run', async () => {
  const { history } = await runSample(folders, app, folders.json({ seq_regions: sampleEntries(), job_id: 'my-job', job_queue_arn: 'ignored' }), '--name', 'run-1');
  const bucket = /"s3:\/\/([^/]+)\//.exec(history.at(-1)!.details.output)![1];
  expect(history.at(-1)!.type).toBe('ExecutionSucceeded');
  expect(JSON.parse(history.at(-1)!.details.output)).toEqual({
    job_id: 'my-job',
    status: 'COMPLETED',
    result_s3_uri: `s3://${bucket}/results/run-1/alignment-output.aln`,
    aligned_seq_info_s3_uri: `s3://${bucket}/results/run-1/aligned_seq_info.json`,
    input_count: 3,
    sequence_count: 4,
  });
});

test('retrieval jobs run side by side, no more at once than the machine has cores', async () => {
  const assembly = folders.synthesize({ regionsPerJob: 1 });
  const many = Array.from({ length: 6 }, (_, index) => sampleEntries().map((entry) => ({
    ...entry, unique_entry_id: `${entry.unique_entry_id}-${index}`, base_seq_name: `${entry.base_seq_name}_${index}`,
  }))).flat();
  const { code, history, stderr } = await runSample(folders, assembly, folders.json(many));
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const retrieval = jobsOf(history).filter(({ Container }) => Container.Command[0] === 'retrieve');
  expect(retrieval).toHaveLength(18);
  // A job's process keeps a core busy, however small a share of one its container would have.
  expect(mostAtOnce(retrieval)).toBeGreaterThan(1);
  expect(mostAtOnce(retrieval)).toBeLessThanOrEqual(availableParallelism());
  // Until the last has started, no core waits: the next job takes it as soon as it is free.
  const [starts, ends] = ['StartedAt', 'StoppedAt'].map((field) => retrieval.map((job) => job.Attempts[0][field]));
  const [first, last] = [Math.min(...starts), Math.max(...starts)];
  const busy = starts.reduce((sum, start, index) => sum + Math.min(ends[index], last) - start, 0);
  expect(busy / ((last - first) * availableParallelism())).toBeGreaterThan(0.8);
});

test('no more retrieval jobs run at once than maxConcurrency says', async () => {
  const assembly = folders.synthesize({ regionsPerJob: 1, maxConcurrency: 1 });
  const { code, history } = await runSample(folders, assembly, SAMPLE_INPUT);
  expect(code).toBe(0);
  expect(mostAtOnce(jobsOf(history).filter(({ Container }) => Container.Command[0] === 'retrieve'))).toBe(1);
});

test.each([['side by side', 40], ['as executions of their own', 41]])('jobs name their run, and its share of a queue with a policy: %s', async (_kind, maxConcurrency) => {
  const assembly = folders.synthesizeWith((stack) => ({
    compute: fargate(stack, { schedulingPolicy: new batch.FairshareSchedulingPolicy(stack, 'Policy') }),
    shareIdentifier: ShareIdentifier.fromInput('others'),
    schedulingPriority: 3,
    maxConcurrency,
  }));
  const { code, stderr, history } = await runSample(folders, assembly, SAMPLE_INPUT, '--name', 'shared.run');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const submitted = history.filter(({ type, details }) => type === 'TaskScheduled' && details.resource === 'submitJob.sync')
    .map(({ details }) => JSON.parse(details.parameters));
  expect(submitted.map(({ JobName }) => JobName)).toContain('pavi-align-shared-run');
  for (const { ShareIdentifier: share, SchedulingPriorityOverride, Tags } of submitted) {
    expect({ share, SchedulingPriorityOverride, Tags }).toEqual({ share: 'others', SchedulingPriorityOverride: 3, Tags: { 'pavi:run': 'shared-run' } });
  }
});

test('an input over the payload limit of 256 KiB is uploaded, and read from there', async () => {
  // What the contract does not know of an entry changes nothing but the input's size.
  const large = sampleEntries().map((entry) => ({ ...entry, note: 'x'.repeat(120_000) }));
  const { code, stderr, history, output } = await runSample(folders, app, folders.json(large), '--name', 'large');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(history[0].details.input)).toEqual({ seq_regions_uri: expect.stringMatching(/^s3:\/\/[^/]+\/inputs\/[0-9a-f]{64}\.json$/), input_count: 3 });
  expect(readFileSync(join(output, 'alignment-output.aln'), 'utf8')).toBe(alignmentOfExpected());
});

test('it is uploaded below the key prefix, where the jobs may read it', async () => {
  const large = sampleEntries().map((entry) => ({ ...entry, note: 'x'.repeat(120_000) }));
  const { code, stderr, history } = await runSample(folders, folders.synthesize({ keyPrefix: 'pavi/dev/' }), folders.json(large));
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(history[0].details.input).seq_regions_uri).toMatch(/^s3:\/\/[^/]+\/pavi\/dev\/inputs\/[0-9a-f]{64}\.json$/);
});

test('a queue and a bucket that are there already are stood in for, and named', async () => {
  const assembly = folders.synthesizeWith((stack) => ({
    compute: importedQueue(stack), workBucket: s3.Bucket.fromBucketName(stack, 'WorkBucket', 'existing-work-bucket'),
  }));
  const { code, stderr, output } = await runSample(folders, assembly, SAMPLE_INPUT);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stderr).toContain(`not made by the app: job queue ${QUEUE_ARN}: this machine stands in for it`);
  expect(stderr).toContain('not made by the app: bucket existing-work-bucket: an empty one stands in for it');
  expect(stderr.match(/not made by the app/g)).toHaveLength(2);
  expect(readFileSync(join(output, 'alignment-output.aln'), 'utf8')).toBe(alignmentOfExpected());
});

test('a relative --app and --input are found from where the command is called', () => {
  const output = folders.path('output');
  const relative = folders.synthesize();
  execFileSync(process.execPath, [join(ROOT, 'lib/cli/pavi-pipeline.js'), 'run', '--app', relative.split('/').at(-1)!, '--input', SAMPLE_INPUT,
    '--output', output, '--allow-local-genomes'], { cwd: join(relative, '..'), stdio: 'pipe' });
  expect(readFileSync(join(output, 'alignment-output.aln'), 'utf8')).toMatch(/^CLUSTAL/);
});

function rowsOf(alignment: string): Record<string, string> {
  const rows: Record<string, string> = {};
  for (const [, name, residues] of alignment.matchAll(/^(\S+) +([A-Z-]+)\t\d+$/gm)) rows[name] = (rows[name] ?? '') + residues;
  return rows;
}

/** Of attempts that took some time; how many of them overlap at most. */
function mostAtOnce(jobs: any[]): number {
  const changes = jobs.flatMap(({ Attempts }) => Attempts.flatMap((attempt: any) => [[attempt.StartedAt, 1], [attempt.StoppedAt, -1]] as const));
  changes.sort(([a, up], [b, down]) => a - b || up - down);
  let [now, most] = [0, 0];
  for (const [, change] of changes) most = Math.max(most, now += change);
  return most;
}
