import { AlignmentModel, Scheme } from './alignment-model';
import { AlignmentView } from './alignment-view';
import { overview } from './overview';
import { PAGE_DATA_ID, PageData } from './page-data';

function element<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

function showAlignment(data: PageData): void {
  const model = new AlignmentModel(data);
  const column = element<HTMLInputElement>('column');
  let drawOverview = () => undefined as void;
  const view = new AlignmentView(model, element('alignment'), element('alignment-space'), element<HTMLCanvasElement>('alignment-canvas'), {
    view: () => {
      drawOverview();
      performance.mark('alignment-drawn');
    },
    cursor: (row, at) => {
      element('position').textContent = model.describe(row, at);
      column.value = String(at + 1);
    },
  });
  drawOverview = overview(model, view, element<HTMLCanvasElement>('overview'));
  element<HTMLSelectElement>('colours').addEventListener('change', (event) => {
    view.scheme = (event.target as HTMLSelectElement).value as Scheme;
    view.redraw();
  });
  column.addEventListener('change', () => {
    const wanted = Number(column.value);
    if (Number.isInteger(wanted)) view.moveTo(0, wanted - 1, true);
  });
  element('smaller').addEventListener('click', () => view.zoom(-1));
  element('larger').addEventListener('click', () => view.zoom(1));
  const rowOf = new Map(data.rows.map(({ name }, row) => [name, row]));
  for (const button of document.querySelectorAll<HTMLButtonElement>('.show-variant')) {
    const { record, columns } = data.variants[Number(button.dataset.variant)];
    button.addEventListener('click', () => {
      element('viewer').scrollIntoView({ block: 'start' });
      element('alignment').focus({ preventScroll: true });
      view.moveTo(rowOf.get(record) ?? 0, columns[0] - 1, true);
    });
  }
  element('position').textContent = model.describe(0, 0);
  view.redraw();
}

/** A link of a data URL cannot be longer than some browsers allow; a blob can. */
function handOutFiles(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[download]')) {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      const bytes = Uint8Array.from(atob(link.href.slice(link.href.indexOf(',') + 1)), (character) => character.charCodeAt(0));
      const url = URL.createObjectURL(new Blob([bytes], { type: 'text/plain;charset=utf-8' }));
      const copy = document.createElement('a');
      copy.href = url;
      copy.download = link.download;
      copy.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    });
  }
}

const data = JSON.parse(element(PAGE_DATA_ID).textContent ?? '') as PageData;
if (data.rows.length > 0 && document.getElementById('alignment') !== null) showAlignment(data);
handOutFiles();
