import { runCosts } from './run-cost';
import { COMPUTE_NAMES } from '../../cost/cost-text';
import { PRICES } from '../../cost/price-table';
import { html, Html } from '../../markup/html';
import { bytes, count, dollars } from '../../terminal/units';
import type { RunRecord } from '../../trail/run-record';

/** What the run's jobs cost in AWS, for each kind of compute. */
export function cost(run: RunRecord): Html {
  const costs = runCosts(run);
  const dates = [...new Set(Object.values(PRICES).map(({ date }) => date))].sort();
  const unknown = run.jobs.filter(({ vcpus, memoryMiB }) => vcpus === undefined || memoryMiB === undefined).length;
  return html`<section aria-labelledby="cost-title">
  <h2 id="cost-title">Cost estimate</h2>
  <div class="scroll" tabindex="0" role="region" aria-label="Cost by kind of compute"><table class="narrow">
    <thead><tr><th scope="col">Compute</th><th scope="col" class="num">Jobs</th><th scope="col" class="num">State transitions</th><th scope="col" class="num">Together</th></tr></thead>
    <tbody>${costs.map(({ compute, jobs, transitions, total }) => html`<tr><th scope="row">${COMPUTE_NAMES[compute]}</th><td class="num">${dollars(jobs)}</td>
      <td class="num">${dollars(transitions)}</td><td class="num">${dollars(total)}</td></tr>`)}</tbody>
  </table></div>
  <p class="muted">What jobs of these sizes and times cost in us-east-1 by list prices of ${dates[0]} to ${dates.at(-1)}, without free tiers. Fargate bills a minute
    at least, and from the image's pull on, which these times leave out. <code>pavi-pipeline cost</code> has the month, the storage, the logs and the prices' sources.</p>
  ${unknown > 0 && html`<p class="muted">Without ${count(unknown, 'job')} of unknown size: the history of this execution does not tell of it.</p>`}
</section>`;
}

/** What made the results of what: programs, definitions, inputs and checksums. */
export function provenance(run: RunRecord): Html {
  const images = unique(run.jobs.map(({ image }) => image));
  const definitions = unique(run.jobs.map(({ definition }) => definition));
  const genomes = new Map(run.logs.flatMap((log) => log.genomes).map((genome) => [genome.name, genome]));
  const urls = unique((run.entries ?? []).map((entry) => (typeof entry.fasta_file_url === 'string' ? entry.fasta_file_url : undefined)));
  const facts: readonly (readonly [string, Html | string | undefined])[] = [
    ['Run', run.name],
    ['Execution', run.executionArn],
    ['State machine', run.stateMachineArn],
    ['Worker image', list(images)],
    ['Job definitions', list(definitions)],
    ['Clustal Omega', run.alignment?.program],
    ['Node.js of the worker', list(unique(run.logs.map(({ node }) => node)))],
    ['Input', html`${run.input.place}${run.input.sha256 !== undefined && html`<br>SHA-256 <code>${run.input.sha256}</code>`}`],
    ['Genomes', genomes.size > 0 ? html`<ul>${[...genomes.values()].map(({ name, faiSha256, gziSha256 }) => html`<li>${name}${
      faiSha256 !== undefined && html`<br>.fai SHA-256 <code>${faiSha256}</code>`}${gziSha256 !== undefined && html`<br>.gzi SHA-256 <code>${gziSha256}</code>`}</li>`)}</ul>` : list(urls)],
    ...run.files.map(({ name, sha256, bytes: size }) => [name, html`${bytes(size)}, SHA-256 <code>${sha256}</code>`] as const),
  ];
  return html`<section aria-labelledby="provenance-title">
  <h2 id="provenance-title">Provenance</h2>
  <dl class="facts-list">${facts.filter(([, value]) => value !== undefined).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</section>`;
}

function unique(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))].sort();
}

function list(values: readonly string[]): Html | undefined {
  return values.length === 0 ? undefined : values.length === 1 ? html`${values[0]}` : html`<ul>${values.map((value) => html`<li>${value}</li>`)}</ul>`;
}
