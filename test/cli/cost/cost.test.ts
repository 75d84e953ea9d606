import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attemptCost } from '../../../cli/cost/compute-cost';
import { expressSeconds, fitsExpress, nextflowMonth, runCost, stackMonth, sum } from '../../../cli/cost/estimate';
import { PRICES } from '../../../cli/cost/price-table';
import { assumed, DEFAULT_WORKLOAD, JOB_SIZES } from '../../../cli/cost/workload';
import { paviPipeline, ROOT } from '../here/support/pavi-pipeline';
import { TestFolders } from '../here/support/sample-run';

const folders = new TestFolders();
afterAll(() => folders.remove());

/** Computed by hand from AWS's way of billing, not from the code. */
describe('the arithmetic', () => {
  const size = { vcpus: 0.25, memoryMiB: 512 };

  test('Fargate bills vCPU and memory by the second, and a minute at least', () => {
    const hour = 0.25 * 0.04048 + 0.5 * 0.004445;
    expect(attemptCost('fargate', size, 3600)).toBeCloseTo(hour, 10);
    expect(attemptCost('fargate', size, 3)).toBeCloseTo(hour / 60, 10);
    expect(attemptCost('fargate', size, 90)).toBeCloseTo(hour / 40, 10);
    expect(attemptCost('fargate-spot', size, 3600)).toBeCloseTo(0.3 * hour, 10);
    expect(attemptCost('fargate-arm', size, 3600)).toBeCloseTo(0.25 * 0.03238 + 0.5 * 0.00356, 10);
  });

  test('on EC2 a job pays its larger share of an instance, without a minimum', () => {
    expect(attemptCost('ec2', { vcpus: 1, memoryMiB: 100 }, 3600)).toBeCloseTo(0.048, 10);
    expect(attemptCost('ec2', { vcpus: 0.1, memoryMiB: 7600 }, 36)).toBeCloseTo(0.00096, 10);
    expect(attemptCost('ec2-spot', { vcpus: 2, memoryMiB: 100 }, 3600)).toBeCloseTo(0.096 * 0.4, 10);
  });

  test('a usual run on Fargate: three jobs of a minute, sixteen transitions, and next to nothing else', () => {
    const lines = Object.fromEntries(runCost(DEFAULT_WORKLOAD, 'fargate', 'standard').map(({ what, usd }) => [what, usd]));
    expect(lines.jobs).toBeCloseTo((2 * (0.25 * 0.04048 + 0.5 * 0.004445) + 0.04048 + 2 * 0.004445) / 60, 10);
    expect(lines['state transitions']).toBeCloseTo(16 * 0.000025, 10);
    // 1 input, 20 entry files, 2 results, 2 listings; 1 + 20 + 2 reads.
    expect(lines['S3 requests']).toBeCloseTo(25 * 0.000005 + 23 * 0.0000004, 10);
  });

  test('an Express run is as long as its three steps, rounded up to the next look, and is refused beyond five minutes', () => {
    expect(expressSeconds({ ...DEFAULT_WORKLOAD, entries: 10, alignmentSeconds: 30 })).toBe(25 + 50 + 25);
    const [, express] = runCost(DEFAULT_WORKLOAD, 'fargate', 'express');
    expect(express.usd).toBeCloseTo(0.000001 + 100 * 0.0625 * 0.00001667, 10);
    expect(fitsExpress(DEFAULT_WORKLOAD)).toBe(true);
    expect(fitsExpress({ ...DEFAULT_WORKLOAD, alignmentSeconds: 240 })).toBe(false);
  });

  test('PAVI\'s workflow: each entry a job with a genome; what depends on the network is not in the sum', () => {
    const lines = nextflowMonth({ ...DEFAULT_WORKLOAD, runs: 1, entries: 2 });
    const seconds = 2 * (20 + 5.68 + 0.3) + (20 + 30) + (20 + 1);
    expect(lines[0].usd).toBeCloseTo(seconds * 0.048 / 3600, 10);
    expect(lines[1].usd).toBeCloseTo(730 * 0.0416, 10);
    expect(lines[2].usd).toBeCloseTo(2 * 0.284 * 0.045, 10);
    expect(sum(lines)).toBeCloseTo(lines[0].usd + lines[1].usd, 10);
  });
});

test('every price has a source and a date', () => {
  for (const [name, { source, date, usd }] of Object.entries(PRICES)) {
    expect([name, /^aws\.amazon\.com\//.test(source), /^20\d\d-(0[1-9]|1[0-2])$/.test(date), usd > 0]).toEqual([name, true, true, true]);
  }
});

test('what is said of the stack is what its template has: sizes, alarms, metric filters, one dashboard', () => {
  const template = JSON.parse(readFileSync(join(folders.synthesize({ monitoring: { alarms: true } }), 'Stack.template.json'), 'utf8'));
  const resources = Object.values<any>(template.Resources);
  const ofType = (type: string) => resources.filter((resource) => resource.Type === type).map(({ Properties }) => Properties);
  const alarmMetrics = ofType('AWS::CloudWatch::Alarm')
    .map(({ Metrics }) => (Metrics === undefined ? 1 : Metrics.filter(({ MetricStat }: any) => MetricStat !== undefined).length));
  expect(alarmMetrics.reduce((total, one) => total + one, 0)).toBe(assumed('alarmMetrics'));
  expect(ofType('AWS::Logs::MetricFilter')).toHaveLength(assumed('customMetrics') - 17);
  expect(ofType('AWS::CloudWatch::Dashboard')).toHaveLength(1);
  expect(stackMonth().map(({ what }) => what)).toEqual(['alarms, if there are any,', 'dashboard', 'custom metrics, at most']);
  const sizes = ofType('AWS::Batch::JobDefinition').map(({ ContainerProperties }) => Object.fromEntries(
    ContainerProperties.ResourceRequirements.map(({ Type, Value }: any) => [Type, Number(Value)])));
  expect(sizes).toEqual(Object.values(JOB_SIZES).map(({ vcpus, memoryMiB }) => ({ MEMORY: memoryMiB, VCPU: vcpus })));
});

/** PAVI_UPDATE_DOCS=1 writes the figures anew. */
test('docs/cost.md has the figures that the command prints', async () => {
  const file = join(ROOT, 'docs/cost.md');
  const blocks = /(<!-- made by: pavi-pipeline (cost[^>]*?) -->\n)([\s\S]*?)(<!-- end -->)/g;
  let text = readFileSync(file, 'utf8');
  const found = [...text.matchAll(blocks)];
  expect(found.length).toBeGreaterThanOrEqual(4);
  for (const [whole, head, command, , end] of found) {
    const { code, stdout } = await paviPipeline(...command.split(' '));
    expect(code).toBe(0);
    text = text.replace(whole, () => `${head}\n${stdout}\n${end}`);
  }
  if (process.env.PAVI_UPDATE_DOCS === '1') writeFileSync(file, text);
  // Where this fails: PAVI_UPDATE_DOCS=1 npx jest test/cli/cost, then read the difference.
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('figures for scripts, and a larger workload costs more', async () => {
  const [usual, large] = await Promise.all([[], ['--entries', '400', '--alignment-seconds', '900']].map(async (more) =>
    JSON.parse((await paviPipeline('cost', '--json', ...more)).stdout)));
  expect(usual.runs.map(({ compute, workflow }: any) => `${compute} ${workflow}`)).toEqual(
    ['standard', 'express'].flatMap((workflow) => ['fargate', 'fargate-arm', 'fargate-spot', 'ec2', 'ec2-spot'].map((compute) => `${compute} ${workflow}`)));
  expect(large.runs).toHaveLength(5);
  expect(large.runs[0].runTotal).toBeGreaterThan(5 * usual.runs[0].runTotal);
});

test.each([
  [['--entries', '0'], /--entries must be a whole number from 1 to 1000000000, got "0"/], [['--runs', '1.5'], /got "1.5"/], [['--runs', '-1'], /--runs/], [['more'], /Unexpected argument 'more'/],
])('the command refuses %j by name', async (args, problem) => {
  const { code, stdout, stderr } = await paviPipeline('cost', ...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(problem);
});
