import { badge } from './summary';
import { html, Html } from '../../markup/html';
import { count, duration } from '../../terminal/units';
import { entriesText, entryRange, isRetrieval } from '../../trail/job-command';
import type { JobRecord } from '../../trail/job-record';
import type { RunRecord } from '../../trail/run-record';
import type { StateVisit } from '../../trail/state-visits';

/** A state that took less, and ran no job, is told of in the list of all states alone. */
const SHORT_MS = 5;
/** Batch and Step Functions each have a clock. */
const SLACK_MS = 1_000;
/** So that a short one can still be seen. */
const LEAST_WIDTH = 0.3;

interface Segment {
  readonly kind: 'state' | 'waiting' | 'starting' | 'running' | 'failed';
  readonly from: number;
  readonly to: number;
}

/** States and jobs over the time of the run. */
export function timeline(run: RunRecord): Html {
  const span = Math.max(1, run.endedAt - run.startedAt);
  const innerStates = new Set(run.states.filter(({ outer }) => !outer).map(({ name }) => name));
  const shown = run.states.filter((state) => state.outer && (stateTime(state, run) >= SHORT_MS || state.error !== undefined || state.type === 'Map'
    || run.jobs.some((job) => job.state === state.name)));
  const told = new Set<JobRecord>();
  const rows = shown.flatMap((state) => {
    // An Express workflow submits in one state and waits in others: the first one has the job.
    const jobs = run.jobs.filter((job) => !told.has(job) && job.submittedAt <= endOf(state, run) + SLACK_MS
      && (job.state === state.name || (state.type === 'Map' && (innerStates.has(job.state) || isRetrieval(job.command)))));
    jobs.forEach((job) => told.add(job));
    return [stateRow(state, run, span, jobs.length), ...jobs.map((job, index) => jobRow(job, index, run, span))];
  });
  const others = run.jobs.filter((job) => !told.has(job)).map((job, index) => jobRow(job, index, run, span));
  return html`<section aria-labelledby="timeline-title">
  <h2 id="timeline-title">Timeline</h2>
  <ul class="legend">
    <li><i class="swatch k-waiting"></i>queued, and its container made ready</li><li><i class="swatch k-starting"></i>program starting</li>
    <li><i class="swatch k-running"></i>running</li><li><i class="swatch k-failed"></i>failed attempt</li><li><i class="swatch k-state"></i>state</li>
  </ul>
  <div class="scroll" tabindex="0" role="region" aria-label="Timeline of states and jobs">
  <table class="timeline">
    <thead><tr><th scope="col">State or job</th><th scope="col" class="axis">${axis(span)}</th><th scope="col" class="num">Waited</th>
      <th scope="col" class="num">Took</th><th scope="col">Memory</th><th scope="col">Status</th></tr></thead>
    <tbody>${rows}${others}</tbody>
  </table>
  </div>
  <details><summary>All ${count(run.states.length, 'state')} entered</summary>
  <div class="scroll" tabindex="0" role="region" aria-label="All states entered"><table>
    <thead><tr><th scope="col">State</th><th scope="col">Type</th><th scope="col" class="num">Entered after</th><th scope="col" class="num">Took</th><th scope="col">Error</th></tr></thead>
    <tbody>${run.states.map((state) => html`<tr><td>${state.name}</td><td>${state.type}</td><td class="num">${duration(state.enteredAt - run.startedAt)}</td>
      <td class="num">${duration(stateTime(state, run))}</td><td>${state.error}</td></tr>`)}</tbody>
  </table></div></details>
</section>`;
}

function endOf(state: StateVisit, run: RunRecord): number {
  return state.endedAt ?? run.endedAt;
}

function stateTime(state: StateVisit, run: RunRecord): number {
  return endOf(state, run) - state.enteredAt;
}

function stateRow(state: StateVisit, run: RunRecord, span: number, jobs: number): Html {
  const ended = state.error !== undefined ? badge('failed', 'Failed') : state.endedAt !== undefined ? badge('succeeded', 'Done')
    : run.status === 'SUCCEEDED' ? badge('succeeded', 'Done') : badge('aborted', 'Not ended');
  return html`<tr class="state-row"><th scope="row">${state.name}${state.type === 'Map' && html` <span class="muted">${count(jobs, 'job')}</span>`}</th>
    <td>${bar([{ kind: 'state', from: state.enteredAt, to: endOf(state, run) }], run, span)}</td>
    <td class="num"></td><td class="num">${duration(stateTime(state, run))}</td><td></td><td>${ended}${state.error !== undefined && html` <span class="muted">${state.error}</span>`}</td></tr>`;
}

function jobRow(job: JobRecord, index: number, run: RunRecord, span: number): Html {
  const { attempts } = job;
  const started = attempts.find(({ startedAt }) => startedAt !== undefined)?.startedAt;
  const ran = attempts.reduce((sum, { startedAt, stoppedAt }) => sum + (startedAt === undefined ? 0 : (stoppedAt ?? run.endedAt) - startedAt), 0);
  const last = attempts.at(-1);
  const failed = job.status === 'FAILED';
  const how = failed ? [last?.exitCode === undefined ? undefined : `exit code ${last.exitCode}`, last?.reason ?? job.reason].filter((part) => part !== undefined).join(', ') : '';
  return html`<tr class="job-row" id="job-${job.id}"><th scope="row" title="${job.name}">${label(job, index)}</th>
    <td>${bar(segments(job, run), run, span)}</td>
    <td class="num">${started === undefined ? '–' : duration(started - job.submittedAt)}</td><td class="num">${attempts.length === 0 ? '–' : duration(ran)}</td>
    <td>${memory(job)}</td>
    <td>${badge(job.status, failed ? 'Failed' : job.status === 'SUCCEEDED' ? 'Done' : 'Not ended')}${attempts.length > 1 && html` <span class="muted">${count(attempts.length, 'attempt')}</span>`}${
      how !== '' && html` <span class="muted">${how}</span>`}</td></tr>`;
}

function label({ command, iteration, name }: JobRecord, index: number): string {
  const range = entryRange(command);
  if (isRetrieval(command)) return `Job ${(iteration ?? index) + 1}${range === undefined ? '' : `: ${entriesText(range)}`}`;
  return command[0] === undefined ? name : `Job: ${command[0]}`;
}

/** Peak memory against the limit, of the last attempt that measured it. */
export function memory({ attempts, memoryMiB }: JobRecord): Html | string {
  const peak = attempts.findLast(({ log }) => log?.metrics.PeakMemory !== undefined)?.log?.metrics.PeakMemory;
  if (peak === undefined) return memoryMiB === undefined ? '–' : `limit ${memoryMiB} MiB`;
  if (memoryMiB === undefined) return `${peak} MiB`;
  const share = Math.min(100, peak / memoryMiB * 100);
  return html`<span class="memory"><svg class="gauge" aria-hidden="true" focusable="false"><rect class="gauge-limit" width="100%" height="100%" rx="3"/>
    <rect class="${share > 85 ? 'gauge-high' : 'gauge-used'}" width="${share.toFixed(1)}%" height="100%" rx="3"/></svg>${peak} of ${memoryMiB} MiB</span>`;
}

/**
 * Of the job's attempts: until Batch says that it started (queued, placed, image pulled: Batch tells one time for all of them), until its
 * program wrote its first line, and until it stopped.
 */
function segments(job: JobRecord, run: RunRecord): Segment[] {
  const found: Segment[] = [];
  let from = job.submittedAt;
  job.attempts.forEach(({ startedAt, stoppedAt = run.endedAt, exitCode, log }, index) => {
    if (startedAt === undefined) return;
    found.push({ kind: 'waiting', from, to: startedAt });
    const first = log?.firstTime !== undefined && log.firstTime > startedAt && log.firstTime < stoppedAt ? log.firstTime : startedAt;
    found.push({ kind: 'starting', from: startedAt, to: first });
    const lastOne = index === job.attempts.length - 1;
    found.push({ kind: (lastOne && job.status === 'FAILED') || (!lastOne && exitCode !== 0) ? 'failed' : 'running', from: first, to: stoppedAt });
    from = stoppedAt;
  });
  if (found.length === 0) found.push({ kind: 'waiting', from, to: job.endedAt ?? run.endedAt });
  return found.filter(({ from: start, to }) => to > start);
}

function bar(parts: readonly Segment[], run: RunRecord, span: number): Html {
  return html`<svg class="bar" aria-hidden="true" focusable="false">${parts.map(({ kind, from, to }) => {
    const left = Math.max(0, (from - run.startedAt) / span * 100);
    const width = Math.max(LEAST_WIDTH, (to - from) / span * 100);
    return html`<rect class="k-${kind}" x="${Math.min(left, 100 - LEAST_WIDTH).toFixed(2)}%" width="${width.toFixed(2)}%" y="2" height="10" rx="2"><title>${kind}: ${duration(to - from)}</title></rect>`;
  })}</svg>`;
}

function axis(span: number): Html {
  return html`<span class="visually-hidden">Over the time of the run</span><svg class="bar" aria-hidden="true" focusable="false">${[0, 25, 50, 75, 100].map((share) =>
    html`<text x="${share}%" y="11" text-anchor="${share === 0 ? 'start' : share === 100 ? 'end' : 'middle'}">${duration(span * share / 100)}</text>`)}</svg>`;
}
