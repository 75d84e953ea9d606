import { runCosts } from './run-cost';
import { runbookEntry } from '../../../src/contract/runbook';
import { WorkerMetric, WorkerMetricName } from '../../../src/contract/worker-metrics';
import { html, Html } from '../../markup/html';
import { bytes, count, dollars, duration, moment } from '../../terminal/units';
import type { RunRecord } from '../../trail/run-record';

export const STATUS_TEXT: Readonly<Record<RunRecord['status'], string>> = {
  SUCCEEDED: 'Succeeded', FAILED: 'Failed', TIMED_OUT: 'Timed out', ABORTED: 'Stopped', RUNNING: 'Not ended',
};

/** A status as a word in its colour; the word alone tells it too. */
export function badge(status: string, text: string): Html {
  return html`<span class="badge badge-${status.toLowerCase().replace(/[^a-z]/g, '-')}">${text}</span>`;
}

/** The page's head: what run it is, how it ended, and its figures. */
export function summary(run: RunRecord): Html {
  const { jobs, alignment } = run;
  const retries = jobs.reduce((sum, { attempts }) => sum + Math.max(0, attempts.length - 1), 0);
  const genomeBytes = total(run, WorkerMetric.GENOME_BYTES);
  const peak = Math.max(0, ...run.logs.map(({ metrics }) => metrics.PeakMemory ?? 0));
  const failedRecords = run.recordErrors.size;
  return html`<header class="head">
  <div class="head-title">
    <p class="eyebrow">Protein alignment run</p>
    <h1>${run.name}</h1>
    <p class="when">${moment(run.startedAt)} to ${moment(run.endedAt)}</p>
  </div>
  ${badge(run.status, STATUS_TEXT[run.status])}
</header>
<ul class="tiles" aria-label="Figures of the run">
  ${tile('Duration', duration(run.endedAt - run.startedAt))}
  ${tile('Entries', run.entryCount === undefined ? '–' : String(run.entryCount), failedRecords === 0 ? undefined : count(failedRecords, 'record not made', 'records not made'))}
  ${tile('Sequences aligned', alignment === undefined ? '–' : String(alignment.rows.length),
    alignment === undefined ? undefined : count(alignment.rows[0]?.residues.length ?? 0, 'column'))}
  ${tile('Jobs', String(jobs.length), retries === 0 ? 'no retries' : count(retries, 'retry', 'retries'))}
  ${tile('Genome read', genomeBytes === undefined ? '–' : bytes(genomeBytes), count(total(run, WorkerMetric.GENOME_REQUESTS) ?? 0, 'request'))}
  ${tile('Peak memory', peak === 0 ? '–' : `${peak} MiB`, 'of one job')}
  ${tile('Cost on Fargate', dollars(runCosts(run)[0].total), 'estimate')}
</ul>`;
}

function tile(label: string, value: string, more?: string): Html {
  return html`<li><span class="tile-label">${label}</span><span class="tile-value">${value}</span>${more !== undefined && html`<span class="tile-more">${more}</span>`}</li>`;
}

/** Over all jobs; of each, what its last attempt measured. */
function total({ jobs }: RunRecord, metric: WorkerMetricName): number | undefined {
  const values = jobs.map(({ attempts }) => attempts.at(-1)?.log?.metrics[metric]).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

/** What a run failed with, and what its failed job wrote last; nothing for one that did not fail. */
export function failure(run: RunRecord): Html | undefined {
  if (run.status === 'SUCCEEDED' || run.status === 'RUNNING') return undefined;
  const failed = run.jobs.findLast(({ status }) => status === 'FAILED');
  const log = failed?.attempts.findLast((attempt) => attempt.log !== undefined)?.log;
  const entry = run.error === undefined ? undefined : runbookEntry(run.error);
  return html`<section class="failure" aria-labelledby="failure-title">
  <h2 id="failure-title">${run.error ?? STATUS_TEXT[run.status]}</h2>
  <p class="cause">${run.cause ?? (run.status === 'ABORTED' ? 'The run was stopped from outside.' : 'No cause is known.')}</p>
  ${entry !== undefined && html`<p class="hint"><a href="${entry}">What it means and how to mend it</a>, in the runbook.</p>`}
  ${log !== undefined && html`<details open><summary>What the failed job wrote last (${log.stream})</summary><pre tabindex="0">${log.tail.join('\n')}</pre></details>`}
</section>`;
}
