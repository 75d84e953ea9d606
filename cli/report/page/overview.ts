import type { AlignmentModel } from './alignment-model';
import { AlignmentView, themeOf } from './alignment-view';

/** The whole alignment in one line: how alike its columns are, where the variants lie, and which part can be seen. A mouse moves the part. */
export function overview(model: AlignmentModel, view: AlignmentView, canvas: HTMLCanvasElement): () => void {
  const context = canvas.getContext('2d')!;
  const goTo = (event: PointerEvent) => {
    const box = canvas.getBoundingClientRect();
    view.showColumn(Math.floor((event.clientX - box.left) / box.width * model.columns));
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    goTo(event);
  });
  canvas.addEventListener('pointermove', (event) => { if (canvas.hasPointerCapture(event.pointerId)) goTo(event); });
  return () => {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0) return;
    if (canvas.width !== Math.round(width * devicePixelRatio)) {
      canvas.width = Math.round(width * devicePixelRatio);
      canvas.height = Math.round(height * devicePixelRatio);
    }
    const theme = themeOf(canvas);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.fillStyle = theme.accent;
    context.globalAlpha = 0.45;
    for (let x = 0; x < width; x += 1) {
      const from = Math.floor(x / width * model.columns);
      const to = Math.max(from + 1, Math.floor((x + 1) / width * model.columns));
      let sum = 0;
      for (let column = from; column < Math.min(to, model.columns); column += 1) sum += model.identity(column);
      const bar = sum / (to - from) * (height - 8);
      context.fillRect(x, height - bar, 1, bar);
    }
    context.globalAlpha = 1;
    context.fillStyle = theme.variant;
    for (const { column } of model.variantPlaces()) context.fillRect((column + 0.5) / model.columns * width - 1, 0, 2.5, height);
    const [first, end] = view.visibleColumns();
    context.strokeStyle = theme.text;
    context.lineWidth = 2;
    context.strokeRect(first / model.columns * width + 1, 1, Math.max(4, (end - first) / model.columns * width - 2), height - 2);
  };
}
