/**
 * What the state machine and the local engine add to jobs that do nothing: `npx tsx bench/orchestration.ts [--jobs 1,40,400] [--rounds 5]`.
 * Beside a run with so many retrieval jobs: the same programs started without the engine, and the same state machine without jobs.
 * What Step Functions and Batch would add in an account cannot be measured here.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PRODUCT } from '../cli/here/product';
import { LoadedPipeline, loadPipeline, LocalAccount, mockedIntegrations, runExecution, systemClock } from '../engine';
import { noOpImage, synthesize } from './support/apps';
import { alternated, machine, median, startedBare } from './support/machine';
import { exitCode, table, target, threeDigits } from './support/targets';

interface Measured {
  readonly wallMs: number;
  /** Of this process alone, so without the jobs'. */
  readonly cpuMs: number;
  readonly events: readonly { readonly type: string }[];
}

/** Jobs of a run beside those of the retrieval. */
const OTHER_JOBS = 2;
const NODE_STARTS = 6;
/** An execution's history ends there (AWS Step Functions developer guide, page "Service quotas"). */
const MAX_EVENTS = 25_000;

/** The pipeline's input checks want a variant where there is one entry; nobody reads the genome. */
function input(jobs: number): object {
  const variant = { variant_id: 'v', genomic_seq_id: 'X', genomic_start_pos: 4, genomic_end_pos: 4, genomic_ref_seq: 'A', genomic_alt_seq: 'C' };
  return {
    seq_regions: Array.from({ length: jobs }, (_, index) => ({
      unique_entry_id: `entry-${index}`,
      base_seq_name: `entry-${index}`,
      seq_id: 'X',
      exon_seq_regions: ['1..9'],
      fasta_file_url: 'https://example.org/genome.fa.gz',
      variants: [variant],
    })),
  };
}

async function timed(work: () => Promise<{ readonly status: string; readonly events: Measured['events'] }>): Promise<Measured> {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const { status, events } = await work();
  const { user, system } = process.cpuUsage(cpu);
  if (status !== 'SUCCEEDED') throw new Error(`the run ended with ${status}: ${JSON.stringify(events.at(-1))}`);
  return { wallMs: performance.now() - started, cpuMs: (user + system) / 1000, events };
}

let runs = 0;

function wholeRun(account: LocalAccount, { stateMachine }: LoadedPipeline, jobs: number): Promise<Measured> {
  const name = `run-${runs++}`;
  const arn = `${stateMachine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
  return timed(async () => {
    const { record, events } = await account.executions.start({ arn, name, machine: stateMachine, input: JSON.stringify(input(jobs)) }).ended;
    return { status: record.status, events };
  });
}

/** Every task is answered at once. */
function statesAlone({ stateMachine: { arn, name, role, definition } }: LoadedPipeline, jobs: number): Promise<Measured> {
  const states = ['StoreInput', 'RunRetrievalJob', 'AlignSequences', 'CollectSeqInfo', 'CountSequences'];
  const findIntegration = mockedIntegrations({
    StateMachines: { Bench: { TestCases: { Nothing: Object.fromEntries(states.map((state) => [state, 'Done'])) } } },
    MockedResponses: { Done: { 0: { Return: { Body: '' } } } },
  }, 'Bench', 'Nothing');
  return timed(() => runExecution({
    definition,
    input: input(jobs),
    name: 'run',
    executionArn: `${arn.replace(':stateMachine:', ':execution:')}:run`,
    stateMachineArn: arn,
    stateMachineName: name,
    roleArn: role.arn,
    findIntegration,
    clock: systemClock,
    signal: new AbortController().signal,
  }));
}

async function bare(program: string, jobs: number): Promise<Measured> {
  return timed(async () => {
    await startedBare(jobs, program);
    for (let job = 0; job < OTHER_JOBS; job++) await startedBare(1, program);
    return { status: 'SUCCEEDED', events: [] };
  });
}

/** Of one of several that do nothing, as many at once as there are cores. */
function nodeStarts(): Promise<Measured> {
  return timed(async () => {
    await startedBare(NODE_STARTS, process.execPath, '--eval', '0');
    return { status: 'SUCCEEDED', events: [] };
  });
}

interface Figures {
  readonly jobs: number;
  readonly nodeMs: number;
  readonly bareMs: number;
  readonly statesMs: number;
  readonly wholeMs: number;
  readonly overheadMs: number;
  readonly cpuMs: number;
  readonly events: number;
  readonly states: number;
}

async function figures(jobs: number, rounds: number, pipeline: LoadedPipeline, account: LocalAccount, program: string): Promise<Figures> {
  const results = await alternated(rounds, {
    bare: () => bare(program, jobs),
    states: () => statesAlone(pipeline, jobs),
    whole: () => wholeRun(account, pipeline, jobs),
    node: nodeStarts,
  });
  const wall = (name: string) => median(results[name].map(({ wallMs }) => wallMs));
  const { events } = results.whole[0];
  return {
    jobs,
    nodeMs: wall('node') / NODE_STARTS,
    bareMs: wall('bare'),
    statesMs: wall('states'),
    wholeMs: wall('whole'),
    overheadMs: median(results.whole.map(({ wallMs }, round) => wallMs - results.bare[round].wallMs)),
    cpuMs: median(results.whole.map(({ cpuMs }) => cpuMs)),
    events: events.length,
    states: events.filter(({ type }) => type.endsWith('StateEntered')).length,
  };
}

function overheadOfAJob({ overheadMs, jobs }: Figures): number {
  return overheadMs / (jobs + OTHER_JOBS);
}

function print(all: readonly Figures[]): void {
  const row = (name: string, figure: (figures: Figures) => string) => [name, ...all.map(figure)];
  console.log(table([
    row('retrieval jobs', ({ jobs }) => `${jobs}`),
    row('jobs of the run, all', ({ jobs }) => `${jobs + OTHER_JOBS}`),
    row('a: the same programs, bare (ms)', ({ bareMs }) => bareMs.toFixed(0)),
    row('b: the state machine, no jobs (ms)', ({ statesMs }) => statesMs.toFixed(0)),
    row('c: the whole run (ms)', ({ wholeMs }) => wholeMs.toFixed(0)),
    row('c less a: overhead (ms)', ({ overheadMs }) => overheadMs.toFixed(0)),
    row('  of a job (ms)', (figure) => threeDigits(overheadOfAJob(figure))),
    row('  of a job, in starts of Node.js', (figure) => threeDigits(overheadOfAJob(figure) / figure.nodeMs)),
    row('  (one start of Node.js, ms)', ({ nodeMs }) => nodeMs.toFixed(0)),
    row('the engine\'s own CPU, of a job (ms)', ({ cpuMs, jobs }) => threeDigits(cpuMs / (jobs + OTHER_JOBS))),
    row('states entered', ({ states }) => `${states}`),
    row('events of its history', ({ events }) => `${events}`),
  ]));
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { jobs: { type: 'string', default: '1,40,400' }, rounds: { type: 'string', default: '5' } } });
  const [counts, rounds] = [values.jobs.split(',').map(Number), Number(values.rounds)];
  if (![...counts, rounds].every((value) => Number.isInteger(value) && value >= 1 && value <= 1000)) {
    throw new Error(`--jobs and --rounds must be whole numbers from 1 to 1000, got ${values.jobs} and ${values.rounds}`);
  }
  // The SDK's advice to update Node.js is for those who deploy.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const folder = mkdtempSync(join(tmpdir(), 'pavi-bench-orchestration-'));
  console.log(`a run of jobs that do nothing, ${machine()}; medians of ${rounds} rounds\n`);
  let account: LocalAccount | undefined;
  try {
    const { images, program } = noOpImage(join(folder, 'image'));
    const pipeline = loadPipeline(synthesize(join(folder, 'cdk.out'), { images, regionsPerJob: 1 }));
    account = await LocalAccount.start({
      assembly: pipeline,
      folder: join(folder, 'account'),
      logFolder: join(folder, 'logs'),
      notificationsFile: join(folder, 'notifications.jsonl'),
      jobEnvironment: {},
      product: PRODUCT,
      port: 0,
      jobs: { buildArgs: {} },
    });
    await wholeRun(account, pipeline, 1);
    const all: Figures[] = [];
    for (const jobs of counts) all.push(await figures(jobs, rounds, pipeline, account, program));
    print(all);
    judge(all);
    console.log('\nNot measured, for there is no AWS account here: what Step Functions takes for a transition, and Batch until a container runs.');
    process.exitCode = exitCode();
  } finally {
    await account?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function judge(all: readonly Figures[]): void {
  const last = all.at(-1)!;
  const before = all.at(-2);
  target(`overhead of one of ${last.jobs} jobs, in starts of Node.js`, overheadOfAJob(last) / last.nodeMs, 'at most', 0.5);
  if (before !== undefined) target(`overhead of a job, ${last.jobs} jobs against ${before.jobs}`, overheadOfAJob(last) / overheadOfAJob(before), 'at most', 2, ' x');
  target(`history events of ${last.jobs} jobs, of Step Functions' ${MAX_EVENTS}`, last.events / MAX_EVENTS, 'at most', 0.5);
}

void main();
