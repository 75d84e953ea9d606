import type { AlignmentModel, Scheme } from './alignment-model';

/** The page's colours, as its style sheet has them now. */
interface Theme {
  readonly background: string;
  readonly panel: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
  readonly variant: string;
}

/** From the first to before the second. */
type Range = readonly [number, number];

const HEAD = 34;
const FOOT = 46;
const MAX_NAME_SHARE = 0.34;
const SIZES = [7, 9, 11, 13, 16, 20];
const FONT = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';

export interface ViewEvents {
  /** Another part of the alignment can be seen. */
  readonly view: () => void;
  /** The cursor stands somewhere else. */
  readonly cursor: (row: number, column: number) => void;
}

/** The alignment on a canvas of the size of its window: whatever its size, only what can be seen is drawn. */
export class AlignmentView {
  public scheme: Scheme = 'clustalx';
  private size = 3;
  private names = 0;
  private row = 0;
  private column = 0;
  private drawing = false;
  private readonly context: CanvasRenderingContext2D;

  constructor(
    private readonly model: AlignmentModel, private readonly window: HTMLElement, private readonly space: HTMLElement,
    private readonly canvas: HTMLCanvasElement, private readonly on: ViewEvents,
  ) {
    this.context = canvas.getContext('2d')!;
    window.addEventListener('scroll', () => this.redraw(), { passive: true });
    window.addEventListener('keydown', (event) => this.key(event));
    window.addEventListener('pointerdown', (event) => this.point(event));
    window.addEventListener('focus', () => this.redraw());
    window.addEventListener('blur', () => this.redraw());
    new ResizeObserver(() => this.layout()).observe(window);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.redraw());
    this.layout();
  }

  /** What can be seen, in columns from 0 on; the end is not among them. */
  public visibleColumns(): readonly [number, number] {
    const first = this.window.scrollLeft / this.cell;
    return [first, Math.min(this.model.columns, first + (this.window.clientWidth - this.names) / this.cell)];
  }

  public zoom(by: number): void {
    this.size = Math.min(SIZES.length - 1, Math.max(0, this.size + by));
    this.layout();
    this.reveal();
  }

  public showColumn(column: number): void {
    this.window.scrollLeft = column * this.cell - (this.window.clientWidth - this.names) / 2;
    this.redraw();
  }

  /** Moves the cursor, and the window so that it can be seen. */
  public moveTo(row: number, column: number, centre = false): void {
    this.row = Math.min(this.model.rows - 1, Math.max(0, row));
    this.column = Math.min(this.model.columns - 1, Math.max(0, column));
    if (centre) this.showColumn(this.column);
    this.reveal();
    this.on.cursor(this.row, this.column);
    this.redraw();
  }

  /** The next variant to the right of the cursor, or the first. */
  public nextVariant(): void {
    const places = this.model.variantPlaces();
    const next = places.find(({ row, column }) => column > this.column || (column === this.column && row > this.row)) ?? places[0];
    if (next !== undefined) this.moveTo(next.row, next.column, true);
  }

  public redraw(): void {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.draw();
      this.on.view();
    });
  }

  private get cell(): number {
    return SIZES[this.size];
  }

  private get line(): number {
    return Math.round(this.cell * 1.45);
  }

  private layout(): void {
    this.context.font = this.nameFont;
    const widths = Array.from({ length: this.model.rows }, (_, row) => this.context.measureText(printable(this.model.name(row))).width);
    const longest = widths.reduce((most, width) => Math.max(most, width), 60);
    this.names = Math.ceil(Math.min(longest + 20, Math.max(90, this.window.clientWidth * MAX_NAME_SHARE)));
    const height = HEAD + this.model.rows * this.line + FOOT;
    this.space.style.width = `${this.names + this.model.columns * this.cell + 6}px`;
    this.space.style.height = `${height}px`;
    // Room for a scroll bar, so that a small alignment needs no second one.
    this.window.style.height = `${Math.min(height + 18, Math.max(220, Math.round(innerHeight * 0.68)))}px`;
    const { clientWidth, clientHeight } = this.window;
    const ratio = devicePixelRatio;
    this.canvas.width = Math.round(clientWidth * ratio);
    this.canvas.height = Math.round(Math.min(clientHeight, height) * ratio);
    this.canvas.style.width = `${clientWidth}px`;
    this.canvas.style.height = `${Math.min(clientHeight, height)}px`;
    this.redraw();
  }

  private get nameFont(): string {
    return `${Math.min(13, Math.max(10, this.cell))}px ${FONT}`;
  }

  private draw(): void {
    const { context, names, cell, line, model } = this;
    const theme = themeOf(this.window);
    const [width, height] = [this.canvas.width / devicePixelRatio, this.canvas.height / devicePixelRatio];
    const [left, top] = [this.window.scrollLeft, this.window.scrollTop];
    const columns = [Math.max(0, Math.floor(left / cell)), Math.min(model.columns, Math.ceil((left + width - names) / cell))] as const;
    const rows = [Math.max(0, Math.floor(top / line)), Math.min(model.rows, Math.ceil((top + height - HEAD - FOOT) / line))] as const;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.textBaseline = 'middle';
    context.fillStyle = theme.background;
    context.fillRect(0, 0, width, height);
    const x = (column: number) => names + column * cell - left;
    const y = (row: number) => HEAD + row * line - top;
    this.clipped(names, HEAD, width - names, height - HEAD - FOOT, () => {
      this.drawCells(theme, rows, columns, x, y);
      this.drawVariants(theme, rows, x, y);
      context.strokeStyle = theme.accent;
      context.lineWidth = 2;
      context.strokeRect(x(this.column) - 0.5, y(this.row) + 0.5, cell + 1, line - 1);
    });
    this.clipped(names, 0, width - names, HEAD, () => this.drawRuler(theme, columns, x));
    this.clipped(names, height - FOOT, width - names, FOOT, () => this.drawConservation(theme, columns, x, height));
    this.drawNames(theme, rows, y, height);
  }

  private clipped(x: number, y: number, width: number, height: number, paint: () => void): void {
    this.context.save();
    this.context.beginPath();
    this.context.rect(x, y, width, height);
    this.context.clip();
    paint();
    this.context.restore();
  }

  private drawCells(theme: Theme, rows: Range, columns: Range, x: (column: number) => number, y: (row: number) => number): void {
    const { context, cell, line, model } = this;
    context.font = `${cell + 1}px ${FONT}`;
    context.textAlign = 'center';
    const letters = cell >= 9;
    for (let row = rows[0]; row < rows[1]; row += 1) {
      for (let column = columns[0]; column < columns[1]; column += 1) {
        const colour = model.colour(this.scheme, row, column);
        if (colour !== '') {
          context.fillStyle = colour;
          context.fillRect(x(column), y(row), cell + 0.5, line);
        }
        if (!letters) continue;
        const residue = model.residue(row, column);
        context.fillStyle = residue === '-' ? theme.muted : colour === '' ? theme.text : '#111';
        context.fillText(residue, x(column) + cell / 2, y(row) + line / 2 + 0.5);
      }
    }
  }

  private drawVariants(theme: Theme, rows: Range, x: (column: number) => number, y: (row: number) => number): void {
    const { context, line, cell } = this;
    context.lineWidth = 2.5;
    for (let row = rows[0]; row < rows[1]; row += 1) {
      for (const { columns: [from, to] } of this.model.variants(row)) {
        const box = [x(from - 1), y(row) + 1.5, (to - from + 1) * cell, line - 3] as const;
        context.strokeStyle = theme.background;
        context.strokeRect(box[0] - 1.5, box[1] - 1.5, box[2] + 3, box[3] + 3);
        context.strokeStyle = theme.variant;
        context.strokeRect(...box);
      }
    }
  }

  private drawRuler(theme: Theme, [first, end]: Range, x: (column: number) => number): void {
    const { context, cell } = this;
    context.fillStyle = theme.panel;
    context.fillRect(this.names, 0, this.canvas.width, HEAD);
    const step = cell >= 9 ? 10 : 20;
    context.font = `11px ${FONT}`;
    context.textAlign = 'center';
    context.fillStyle = theme.muted;
    for (let column = Math.floor(first / step) * step; column <= end; column += step) {
      if (column === 0) continue;
      context.fillText(String(column), x(column - 1) + cell / 2, 10);
      context.fillRect(x(column - 1) + cell / 2, 18, 1, 5);
    }
    context.fillStyle = theme.variant;
    for (const { column } of this.model.variantPlaces()) {
      const middle = x(column) + cell / 2;
      context.beginPath();
      context.moveTo(middle - 5, 23);
      context.lineTo(middle + 5, 23);
      context.lineTo(middle, 32);
      context.fill();
    }
  }

  private drawConservation(theme: Theme, [first, end]: Range, x: (column: number) => number, height: number): void {
    const { context, cell, model } = this;
    context.fillStyle = theme.panel;
    context.fillRect(this.names, height - FOOT, this.canvas.width, FOOT);
    context.font = `13px ${FONT}`;
    context.textAlign = 'center';
    for (let column = first; column < end; column += 1) {
      const bar = model.identity(column) * 22;
      context.fillStyle = theme.accent;
      context.globalAlpha = 0.25 + 0.75 * model.identity(column) ** 2;
      context.fillRect(x(column) + 0.5, height - 18 - bar, cell - 1, bar);
      context.globalAlpha = 1;
      context.fillStyle = theme.text;
      context.fillText(model.conservation(column), x(column) + cell / 2, height - 8);
    }
  }

  private drawNames(theme: Theme, rows: Range, y: (row: number) => number, height: number): void {
    const { context, names } = this;
    context.fillStyle = theme.panel;
    context.fillRect(0, 0, names, height);
    context.textAlign = 'left';
    this.clipped(0, HEAD, names - 4, height - HEAD - FOOT, () => {
      for (let row = rows[0]; row < rows[1]; row += 1) {
        const chosen = row === this.row && document.activeElement === this.window;
        context.font = chosen ? `bold ${this.nameFont}` : this.nameFont;
        context.fillStyle = chosen ? theme.accent : theme.text;
        context.fillText(this.fitting(printable(this.model.name(row)), names - 18), 10, y(row) + this.line / 2 + 0.5);
      }
    });
    context.font = '11px system-ui, sans-serif';
    context.fillStyle = theme.muted;
    context.fillText('Identity', 10, height - 30);
    context.fillText('Conservation', 10, height - 8);
    context.fillStyle = theme.line;
    context.fillRect(names - 1, 0, 1, height);
    context.fillRect(0, HEAD - 1, this.canvas.width, 1);
    context.fillRect(0, height - FOOT, this.canvas.width, 1);
  }

  private fitting(name: string, width: number): string {
    if (this.context.measureText(name).width <= width) return name;
    let length = name.length;
    // The end tells alleles apart, so the middle goes.
    const shortened = () => `${name.slice(0, Math.ceil(length / 2))}…${name.slice(name.length - Math.floor(length / 2))}`;
    while (length > 2 && this.context.measureText(shortened()).width > width) length -= 1;
    return shortened();
  }

  private reveal(): void {
    const { window, cell, line, names } = this;
    const [left, right] = [this.column * cell, (this.column + 1) * cell - (window.clientWidth - names)];
    if (window.scrollLeft > left) window.scrollLeft = left - 3 * cell;
    else if (window.scrollLeft < right) window.scrollLeft = right + 3 * cell;
    const [above, below] = [this.row * line, (this.row + 1) * line - (window.clientHeight - HEAD - FOOT)];
    if (window.scrollTop > above) window.scrollTop = above - line;
    else if (window.scrollTop < below) window.scrollTop = below + line;
  }

  private point(event: PointerEvent): void {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    if (event.button !== 0 || x < 0 || y < HEAD || x > box.width || y > box.height - FOOT) return;
    const row = Math.floor((y - HEAD + this.window.scrollTop) / this.line);
    const column = x < this.names ? this.column : Math.floor((x - this.names + this.window.scrollLeft) / this.cell);
    if (row < this.model.rows && column < this.model.columns) this.moveTo(row, column);
  }

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey) return;
    const step = event.shiftKey ? 10 : 1;
    const screenRows = Math.floor((this.window.clientHeight - HEAD - FOOT) / this.line);
    const screenColumns = Math.floor((this.window.clientWidth - this.names) / this.cell);
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.moveTo(this.row, this.column - (event.ctrlKey ? screenColumns : step)),
      ArrowRight: () => this.moveTo(this.row, this.column + (event.ctrlKey ? screenColumns : step)),
      ArrowUp: () => this.moveTo(this.row - step, this.column),
      ArrowDown: () => this.moveTo(this.row + step, this.column),
      PageUp: () => this.moveTo(this.row - screenRows, this.column),
      PageDown: () => this.moveTo(this.row + screenRows, this.column),
      Home: () => this.moveTo(event.ctrlKey ? 0 : this.row, 0),
      End: () => this.moveTo(event.ctrlKey ? this.model.rows - 1 : this.row, this.model.columns - 1),
      v: () => this.nextVariant(),
      V: () => this.nextVariant(),
    };
    const move = moves[event.key];
    if (move === undefined || (event.ctrlKey && event.key.toLowerCase() === 'v')) return;
    event.preventDefault();
    move();
  }
}

/** A name of a stranger: what would turn the text around or not be seen is shown as a mark. */
function printable(name: string): string {
  // eslint-disable-next-line no-control-regex
  return name.replace(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '�');
}

export function themeOf(element: Element): Theme {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    background: colour('surface'),
    panel: colour('panel'),
    text: colour('text'),
    muted: colour('muted'),
    line: colour('line'),
    accent: colour('accent'),
    variant: colour('variant'),
  };
}
