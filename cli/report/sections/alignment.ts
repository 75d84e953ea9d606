import { html, Html } from '../../markup/html';
import { bytes, count } from '../../terminal/units';
import type { RunFile } from '../../trail/run-folder';
import type { RunRecord } from '../../trail/run-record';

/** The alignment's frame, which the page's script fills, and the lists of variants and of records that could not be made. */
export function alignment(run: RunRecord): Html {
  const rows = run.alignment?.rows.length ?? 0;
  const columns = run.alignment?.rows[0]?.residues.length ?? 0;
  return html`<section aria-labelledby="alignment-title">
  <div class="section-head"><h2 id="alignment-title">Alignment</h2>${downloads(run.files)}</div>
  ${run.alignment === undefined ? html`<p class="muted">${run.alignmentProblem === undefined ? 'The run made no alignment.'
    : `The alignment cannot be shown: ${run.alignmentProblem}`}</p>` : viewer(rows, columns)}
  ${variants(run)}
  ${run.recordErrors.size > 0 && html`<h3>Records that could not be made</h3><div class="scroll" tabindex="0" role="region" aria-label="Records that could not be made"><table>
    <thead><tr><th scope="col">Record</th><th scope="col">Why</th></tr></thead>
    <tbody>${[...run.recordErrors].map(([name, error]) => html`<tr><th scope="row">${name}</th><td>${error}</td></tr>`)}</tbody></table></div>`}
</section>`;
}

function viewer(rows: number, columns: number): Html {
  return html`<div class="viewer" id="viewer">
    <div class="toolbar">
      <span class="muted">${count(rows, 'sequence')}, ${count(columns, 'column')}</span>
      <label>Colours <select id="colours"><option value="clustalx">Clustal X</option><option value="identity">Identity</option><option value="none">None</option></select></label>
      <label>Column <input id="column" type="number" min="1" max="${columns}" value="1" inputmode="numeric"></label>
      <span class="zoom" role="group" aria-label="Size of the letters"><button type="button" id="smaller" aria-label="Smaller">−</button><button type="button" id="larger" aria-label="Larger">+</button></span>
    </div>
    <canvas id="overview" class="overview" aria-hidden="true"></canvas>
    <div id="alignment" class="alignment" tabindex="0" role="application" aria-roledescription="alignment" aria-label="Alignment of ${rows} sequences"
      aria-describedby="alignment-keys"><div id="alignment-space"><canvas id="alignment-canvas" aria-hidden="true"></canvas></div></div>
    <p class="position" id="position" role="status" aria-live="polite"></p>
    <p class="muted keys" id="alignment-keys">Keys: arrows move by one, with Shift by ten; Page Up and Page Down by a screen, Home and End to the row's ends,
      with Ctrl to the alignment's; V to the next variant.</p>
    <noscript><p>The alignment is drawn by this page's script, which your browser does not run. The files above have it as text.</p></noscript>
  </div>`;
}

function variants(run: RunRecord): Html | undefined {
  if (run.variants.length === 0) return undefined;
  return html`<h3>Embedded variants</h3><div class="scroll" tabindex="0" role="region" aria-label="Embedded variants"><table class="variants">
    <thead><tr><th scope="col">Record</th><th scope="col">Variant</th><th scope="col">Type</th><th scope="col">Genome</th><th scope="col">Change</th>
      <th scope="col" class="num">In the protein</th><th scope="col" class="num">In the alignment</th><th scope="col"><span class="visually-hidden">Show</span></th></tr></thead>
    <tbody>${run.variants.map((variant, index) => html`<tr><th scope="row">${variant.record}</th><td>${variant.id}</td><td>${variant.type}</td><td>${variant.place}</td>
      <td class="change">${variant.change}</td><td class="num">${interval(variant.sequence)}</td><td class="num">${variant.columns === undefined ? '–' : interval(variant.columns)}</td>
      <td>${variant.columns !== undefined && run.alignment !== undefined && html`<button type="button" class="show-variant" data-variant="${index}" aria-label="Show ${variant.id} of ${variant.record} in the alignment">Show</button>`}</td></tr>`)}</tbody>
  </table></div>`;
}

function interval([from, to]: readonly [number, number]): string {
  return from === to ? String(from) : `${from} to ${to}`;
}

/** The files themselves, inside of the page. Where scripts run, they are handed out as blobs, since browsers limit the length of such a link. */
function downloads(files: readonly RunFile[]): Html | undefined {
  if (files.length === 0) return undefined;
  return html`<ul class="downloads" aria-label="Downloads">${files.map(({ name, text, bytes: size }) =>
    html`<li><a class="button" download="${name}" href="data:text/plain;charset=utf-8;base64,${Buffer.from(text, 'utf8').toString('base64')}">${name} <span class="muted">${bytes(size)}</span></a></li>`)}</ul>`;
}
