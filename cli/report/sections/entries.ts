import { badge } from './summary';
import { memory } from './timeline';
import { html, Html } from '../../markup/html';
import { bytes, count, duration } from '../../terminal/units';
import { entryGroups, EntryGroup, EntryOutcome } from '../../trail/entry-outcome';
import type { RunRecord } from '../../trail/run-record';

const STATUS: Readonly<Record<EntryOutcome['status'], readonly [string, string]>> = {
  'done': ['succeeded', 'Made'],
  'partly': ['warning', 'Partly made'],
  'failed': ['failed', 'Failed'],
  'not made': ['aborted', 'Not made'],
  'unknown': ['aborted', 'Not logged'],
};

/** Each entry by the job that made it: entries of a job share what it reads and the memory that it takes. */
export function entries(run: RunRecord): Html {
  const groups = entryGroups(run);
  return html`<section aria-labelledby="entries-title">
  <h2 id="entries-title">Entries</h2>
  ${groups.length === 0 ? html`<p class="muted">No job came to an entry.</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label="Entries by job">
  <table class="entries">
    <thead><tr><th scope="col">Entry</th><th scope="col">Sequence</th><th scope="col">Status</th><th scope="col" class="num">Records</th>
      <th scope="col" class="num">Variants</th><th scope="col" class="num">Took</th><th scope="col">Notes</th></tr></thead>
    ${groups.map(group)}
  </table></div>`}
</section>`;
}

function group({ job, entries: made }: EntryGroup, index: number): Html {
  const log = job?.attempts.at(-1)?.log;
  const head = job === undefined ? html`No job came to these entries`
    : html`Job ${(job.iteration ?? index) + 1} <span class="facts"><span>${count(made.length, 'entry', 'entries')}</span><span>${bytes(log?.metrics.GenomeBytes)} of genome in
      ${count(log?.metrics.GenomeRequests ?? 0, 'request')}</span><span>${log?.metrics.Duration === undefined ? '–' : duration(log.metrics.Duration * 1000)} in the worker</span>
      <span>${memory(job)}</span>${job.attempts.length > 1 && html`<span>${count(job.attempts.length, 'attempt')}</span>`}</span>`;
  return html`<tbody><tr class="group"><th scope="rowgroup" colspan="7">${head}</th></tr>${made.map(row)}</tbody>`;
}

function row(entry: EntryOutcome): Html {
  return html`<tr><th scope="row">${entry.id}</th><td>${entry.name ?? '–'}</td><td>${badge(...STATUS[entry.status])}</td><td class="num">${entry.records ?? '–'}</td>
    <td class="num">${entry.variants === 0 ? '–' : entry.variants}</td><td class="num">${entry.seconds === undefined ? '–' : duration(entry.seconds * 1000)}</td>
    <td class="notes">${entry.notes.map((note) => html`<p>${note}</p>`)}</td></tr>`;
}
