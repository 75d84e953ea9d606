import { createHash } from 'node:crypto';
import { Html, html, scriptJson } from '../markup/html';
import { PAGE_DATA_ID, PageData } from './page/page-data';
import type { RunRecord } from '../trail/run-record';
import { alignment } from './sections/alignment';
import { entries } from './sections/entries';
import { cost, provenance } from './sections/provenance';
import { failure, STATUS_TEXT, summary } from './sections/summary';
import { timeline } from './sections/timeline';

/** The page's script and its style sheet, as texts; the bundle has them (see `page/`). */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** The report of a run: one file that needs nothing else, and that a browser lets load nothing else. */
export function reportPage(run: RunRecord, { script, style }: PageAssets): string {
  const policy = [
    'default-src \'none\'', `style-src ${sourceHash(style)}`, `script-src ${sourceHash(script)}`, 'base-uri \'none\'', 'form-action \'none\'',
  ].join('; ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${run.name} – ${STATUS_TEXT[run.status]}</title>
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#alignment-title">Skip to the alignment</a>
<main>
${summary(run)}
${failure(run)}
${alignment(run)}
${timeline(run)}
${entries(run)}
${cost(run)}
${provenance(run)}
</main>
<footer><p>Made by pavi-pipeline from the execution's history, the jobs' logs and the results. It loads nothing from anywhere.</p></footer>
<script type="application/json" id="${PAGE_DATA_ID}">${scriptJson(pageData(run))}</script>
<script>${new Html(script)}</script>
</body>
</html>
`.text;
}

function pageData(run: RunRecord): PageData {
  return {
    rows: run.alignment?.rows ?? [],
    conservation: run.alignment?.conservation ?? '',
    // The list's buttons name them by their place, so those without columns stay.
    variants: run.variants.map(({ record, id, columns }) => ({ record, id, columns: columns ?? [0, 0] })),
  };
}

function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
