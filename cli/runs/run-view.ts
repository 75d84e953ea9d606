import { Estimate, estimateText } from './estimate';
import { resultPlaces } from './result-places';
import { failureText, RunFailure } from './run-failure';
import { allJobs, JobCounts, RunStep } from './run-steps';
import type { Run, RunStatus } from './runs';
import { s3Uri } from '../../formats/s3-uri';
import { plainLine } from '../terminal/plain-text';
import { count, duration, moment } from '../terminal/units';
import { shownValue } from '../trail/untrusted';

/** A step as `--json` gives it. */
export interface StepView {
  readonly name: string;
  readonly status: RunStep['status'];
  readonly seconds: number;
  readonly jobs?: JobCounts;
}

/** A run as `--json` gives it; docs/operating.md lists the fields, which stay. */
export interface RunView {
  readonly run: string;
  readonly executionArn: string;
  readonly status: RunStatus;
  readonly startedAt: string;
  readonly stoppedAt?: string;
  readonly elapsedSeconds: number;
  readonly redrives: number;
  /** Of the input; absent where it does not say. */
  readonly entries?: number;
  readonly steps?: readonly StepView[];
  /** Of all steps that were begun. */
  readonly jobs?: JobCounts;
  /** While it runs. */
  readonly estimate?: Estimate;
  /** The execution's, where it succeeded. */
  readonly output?: Readonly<Record<string, unknown>>;
  readonly failure?: RunFailure;
}

/** What is known beside what Step Functions says of the run itself. */
export interface RunDetails {
  readonly steps?: readonly RunStep[];
  readonly estimate?: Estimate;
  readonly failure?: RunFailure;
}

export function runView(run: Run, { steps, estimate, failure }: RunDetails = {}, now = Date.now()): RunView {
  const until = run.stoppedAt?.getTime() ?? now;
  return {
    run: run.name,
    executionArn: run.arn,
    status: run.status,
    startedAt: run.startedAt.toISOString(),
    ...run.stoppedAt === undefined ? {} : { stoppedAt: run.stoppedAt.toISOString() },
    elapsedSeconds: seconds(until - run.startedAt.getTime()),
    redrives: run.redrives,
    ...entriesOf(run),
    ...steps === undefined ? {} : { steps: steps.map((step) => stepView(step, until)), jobs: allJobs(steps) },
    ...estimate === undefined ? {} : { estimate },
    ...run.output === undefined ? {} : { output: run.output },
    ...failure === undefined ? {} : { failure },
  };
}

function entriesOf({ input }: Run): Pick<RunView, 'entries'> {
  const entries = Array.isArray(input?.seq_regions) ? input.seq_regions.length : input?.input_count;
  return typeof entries === 'number' ? { entries } : {};
}

function stepView({ name, status, startedAt, endedAt, jobs }: RunStep, now: number): StepView {
  return { name, status, seconds: seconds((endedAt ?? now) - startedAt), ...jobs === undefined ? {} : { jobs } };
}

function seconds(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds / 100) / 10);
}

/** `RetrieveSequences: 3 of 7 jobs done, 1 failed` */
export function stepText({ name, status, seconds: took, jobs }: StepView): string {
  const failed = jobs !== undefined && jobs.failed > 0 ? `, ${jobs.failed} failed` : '';
  const done = jobs === undefined ? '' : `: ${jobs.done} of ${count(jobs.total, 'job')} done${failed}`;
  if (status === 'RUNNING') return `${plainLine(name)}${done}`;
  const end = status === 'DONE' ? 'took' : `${status.toLowerCase()} after`;
  return `${plainLine(name)}${done}${jobs === undefined ? ': ' : ', '}${end} ${duration(took * 1000)}`;
}

/** A whole run, for people. */
export function runText(view: RunView): string {
  const { run, executionArn, status, startedAt, elapsedSeconds, redrives, entries, steps = [], estimate, output, failure } = view;
  const lines = [
    `${plainLine(run)}: ${status}${redrives > 0 ? `, redriven ${count(redrives, 'time')}` : ''}`,
    `  started ${moment(Date.parse(startedAt))}, ${status === 'RUNNING' ? `running for ${duration(elapsedSeconds * 1000)}` : `took ${duration(elapsedSeconds * 1000)}`}`
    + `${entries === undefined ? '' : `, ${count(entries, 'entry', 'entries')}`}`,
    `  ${executionArn}`,
    ...steps.map((step) => `  ${stepText(step)}`),
    ...estimate === undefined ? [] : [`  ${estimateText(estimate)}`],
    ...Object.entries(output ?? {}).map(([field, value]) => `  ${plainLine(field)}: ${plainLine(shownValue(value))}`),
  ];
  return `${lines.join('\n')}\n${failure === undefined ? '' : failureText(failure)}`;
}

/** Where its results are, a line each. */
export function runResultsText({ output }: RunView): string {
  return resultPlaces(output).map((place) => `${plainLine(s3Uri(place))}\n`).join('');
}

/** A list of runs, for people. */
export function runTable(views: readonly RunView[]): string {
  const rows = views.map(({ run, status, startedAt, elapsedSeconds }) =>
    [plainLine(run), status, moment(Date.parse(startedAt)), duration(elapsedSeconds * 1000)]);
  const table = [['RUN', 'STATUS', 'STARTED', 'TOOK'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()}\n`).join('');
}
