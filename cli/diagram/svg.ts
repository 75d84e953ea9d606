import { DETAIL_SIZE, LINE, Picture, placed, PlacedEdge, PlacedNode, Point, START, textWidth, TITLE_SIZE } from './layout';
import type { StateGraph } from './state-graph';
import { Html, html } from '../markup/html';

const STYLE = `
  svg { --line: #5b6776; --text: #1b2430; --muted: #55606e; --page: #ffffff; --task: #e4eefc; --task-line: #2f6fca; --choice: #fdf3d9; --choice-line: #b07d12;
    --pass: #f1f3f6; --group: #f8fafc; --bad: #fde9e8; --bad-line: #b3261e; --good: #e2f4e8; --good-line: #1d7a41; font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
  @media (prefers-color-scheme: dark) { svg { --line: #94a3b5; --text: #e7ecf3; --muted: #a9b5c4; --page: #10151c; --task: #17304f; --task-line: #6ea6f2; --choice: #3a2f12;
    --choice-line: #d9a842; --pass: #232c37; --group: #171e27; --bad: #43191a; --bad-line: #f08a82; --good: #15341f; --good-line: #6fcf95; } }
  .page { fill: var(--page); } .node { fill: var(--pass); stroke: var(--line); stroke-width: 1.2; }
  .Task { fill: var(--task); stroke: var(--task-line); } .Choice { fill: var(--choice); stroke: var(--choice-line); } .Fail { fill: var(--bad); stroke: var(--bad-line); }
  .Succeed { fill: var(--good); stroke: var(--good-line); } .Map, .Parallel { fill: var(--group); stroke: var(--task-line); stroke-dasharray: 5 3; }
  .name { fill: var(--text); font-weight: 600; } .details, .label { fill: var(--muted); }
  .edge { fill: none; stroke: var(--line); stroke-width: 1.4; } .failure { stroke: var(--bad-line); stroke-dasharray: 4 3; }
  .tip { fill: var(--line); } .tip-failure { fill: var(--bad-line); } .start { fill: var(--line); } .behind { fill: var(--page); opacity: 0.85; }
`;

/** The state machine as a picture that a browser shows in its reader's light or dark colours. */
export function svg(graph: StateGraph, title: string): string {
  const picture = placed(graph);
  const legend = 26;
  const [width, height] = [Math.max(picture.width, 420), picture.height + legend];
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">
<title id="title">${title}</title>
<desc id="description">${description(graph)}</desc>
<style>${new Html(STYLE)}</style>
<defs>${tip('tip')}${tip('tip-failure')}</defs>
<rect class="page" width="${width}" height="${height}"/>
${drawn(picture)}
<g transform="translate(12 ${height - 12})"><path class="edge" d="M0 -4h28"/><text class="details" font-size="${DETAIL_SIZE}" x="36">next</text>
<path class="edge failure" d="M84 -4h28"/><text class="details" font-size="${DETAIL_SIZE}" x="120">on failure</text></g>
</svg>
`.text;
}

function tip(id: string): Html {
  return html`<marker id="${id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path class="${id}" d="M0 0L10 5L0 10z"/></marker>`;
}

/** For a reader who does not see the picture: each state and where it leads to. */
function description({ start, nodes, edges }: StateGraph): string {
  const ways = nodes.map(({ name, type, inner }) => {
    const to = edges.filter(({ from }) => from === name).map(({ to: target, kind }) => (kind === 'failure' ? `${target} on failure` : target));
    const within = inner.map((part) => ` (inside: ${description(part)})`).join('');
    return `${name}, a ${type} state${within}${to.length === 0 ? '' : `, leads to ${to.join(' or ')}`}`;
  });
  return `Begins with ${start}. ${ways.join('. ')}.`;
}

function drawn(picture: Picture): Html {
  return html`${picture.nodes.map(drawnNode)}${picture.edges.map(drawnEdge)}${picture.edges.map(drawnLabel)}
<circle class="start" cx="${round(picture.start.x)}" cy="${round(picture.start.y)}" r="${START / 2}"/>`;
}

function drawnNode({ node, x, y, width, height, inner }: PlacedNode): Html {
  const middle = width / 2;
  return html`
<g transform="translate(${round(x)} ${round(y)})">${shape(node.type, width, height)}
<text class="name" font-size="${TITLE_SIZE}" text-anchor="middle" x="${middle}" y="22">${node.name}</text>${node.details.map((line, index) =>
  html`<text class="details" font-size="${DETAIL_SIZE}" text-anchor="middle" x="${middle}" y="${22 + (index + 1) * LINE}">${line}</text>`)}
${inner.map((picture) => html`<g transform="translate(${round(picture.x + (width - picture.width - 24) / 2 * (inner.length === 1 ? 1 : 0))} ${round(picture.y)})">${drawn(picture)}</g>`)}</g>`;
}

function shape(type: string, width: number, height: number): Html {
  if (type === 'Choice') {
    const slant = 11;
    return html`<path class="node Choice" d="M${slant} 0H${width - slant}L${width} ${height / 2}L${width - slant} ${height}H${slant}L0 ${height / 2}z"/>`;
  }
  const corner = type === 'Task' || type === 'Map' || type === 'Parallel' ? 6 : height / 2;
  return html`<rect class="node ${type}" width="${width}" height="${height}" rx="${corner}"/>`;
}

/** A line through the points that bends softly at each of them. */
function drawnEdge({ edge, points }: PlacedEdge): Html {
  const [first, ...rest] = points;
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = index === rest.length - 2 ? rest[index + 1] : between(point, rest[index + 1]);
    return `Q${at(point)} ${at(next)}`;
  });
  const path = bends.length === 0 ? `M${at(first)}L${at(rest[0])}` : `M${at(first)}${bends.join('')}`;
  const failure = edge.kind === 'failure';
  return html`
<path class="edge${failure && ' failure'}" d="${path}" marker-end="url(#${failure ? 'tip-failure' : 'tip'})"/>`;
}

function drawnLabel({ edge, label }: PlacedEdge): Html | undefined {
  if (label === undefined || edge.label === undefined) return undefined;
  const width = textWidth(edge.label, DETAIL_SIZE) * 0.92;
  return html`
<rect class="behind" x="${round(label.x - width / 2)}" y="${round(label.y - 8)}" width="${round(width)}" height="15"/><text class="label" font-size="${DETAIL_SIZE}" text-anchor="middle" x="${round(label.x)}" y="${round(label.y + 4)}">${edge.label}</text>`;
}

function between(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
