import type { GraphEdge, GraphNode, StateGraph } from './state-graph';

/** What is used of the layout library. Its types are of its ES module; every tool here takes the CommonJS one. */
interface Dagre {
  readonly Graph: new (options: { multigraph: boolean }) => LayoutGraph;
  readonly layout: (graph: LayoutGraph) => void;
}

interface LayoutGraph {
  setGraph(label: object): void;
  setDefaultEdgeLabel(label: () => object): void;
  setNode(name: string, label: object): void;
  setEdge(from: string, to: string, label: object, name: string): void;
  graph(): { readonly width?: number; readonly height?: number };
  node(name: string): { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  edge(from: string, to: string, name: string): { readonly x?: number; readonly y?: number; readonly points: Point[] };
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { Graph, layout } = require('@dagrejs/dagre') as Dagre;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedNode extends Point {
  readonly node: GraphNode;
  readonly width: number;
  readonly height: number;
  /** Their places are within this node. */
  readonly inner: readonly (Picture & Point)[];
}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
  /** The middle of its label. */
  readonly label?: Point;
}

/** A graph with places: the upper left corner of each node, in pixels. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly start: Point;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export const TITLE_SIZE = 14;
export const DETAIL_SIZE = 11.5;
export const LINE = 16;
export const START = 14;
const PADDING = 12;
const START_ID = '/start';
/** What a letter of a system's sans-serif font is wide, as a share of its size; a picture cannot measure it. */
const LETTER = 0.6;

/** Lays a graph out in layers from top to bottom; what is inside of a state is laid out first. */
export function placed(graph: StateGraph): Picture {
  const drawing = new Graph({ multigraph: true });
  drawing.setGraph({ rankdir: 'TB', nodesep: 36, ranksep: 46, edgesep: 18, marginx: 12, marginy: 12 });
  drawing.setDefaultEdgeLabel(() => ({}));
  const inner = new Map(graph.nodes.map((node) => [node.name, node.inner.map(placed)]));
  drawing.setNode(START_ID, { width: START, height: START });
  graph.nodes.forEach((node) => drawing.setNode(node.name, sizeOf(node, inner.get(node.name)!)));
  drawing.setEdge(START_ID, graph.start, {}, 'start');
  graph.edges.forEach((edge, index) => drawing.setEdge(edge.from, edge.to, {
    ...edge.label === undefined ? {} : { width: textWidth(edge.label, DETAIL_SIZE) + 8, height: LINE, labelpos: 'c' as const },
    // The way without failures goes straight down.
    weight: edge.kind === 'failure' ? 1 : 4,
  }, String(index)));
  layout(drawing);
  const whole = drawing.graph();
  const start = drawing.node(START_ID);
  return {
    width: Math.ceil(whole.width ?? 0),
    height: Math.ceil(whole.height ?? 0),
    start,
    nodes: graph.nodes.map((node) => {
      const { x, y, width, height } = drawing.node(node.name);
      return { node, x: x - width / 2, y: y - height / 2, width, height, inner: sideBySide(inner.get(node.name)!, headHeight(node)) };
    }),
    edges: [
      { edge: { from: START_ID, to: graph.start, kind: 'next' as const }, points: pointsOf(drawing, START_ID, graph.start, 'start') },
      ...graph.edges.map((edge, index) => {
        const at = drawing.edge(edge.from, edge.to, String(index));
        return {
          edge,
          points: pointsOf(drawing, edge.from, edge.to, String(index)),
          ...edge.label === undefined || at.x === undefined ? {} : { label: { x: at.x, y: at.y! } },
        };
      }),
    ],
  };
}

function pointsOf(drawing: LayoutGraph, from: string, to: string, name: string): Point[] {
  return drawing.edge(from, to, name).points;
}

function sizeOf(node: GraphNode, inner: readonly Picture[]): { width: number; height: number } {
  const own = Math.max(textWidth(node.name, TITLE_SIZE), ...node.details.map((line) => textWidth(line, DETAIL_SIZE))) + 2 * PADDING + (node.type === 'Choice' ? 22 : 0);
  const within = inner.reduce((sum, { width }) => sum + width + PADDING, PADDING);
  return {
    width: Math.ceil(Math.max(own, inner.length === 0 ? 0 : within)),
    height: Math.ceil(headHeight(node) + (inner.length === 0 ? 0 : Math.max(...inner.map(({ height }) => height)) + PADDING)),
  };
}

/** Of a node's name and details. */
function headHeight({ details }: GraphNode): number {
  return 2 * PADDING - 4 + TITLE_SIZE + details.length * LINE;
}

function sideBySide(pictures: readonly Picture[], top: number): (Picture & Point)[] {
  let x = PADDING;
  return pictures.map((picture) => {
    const at = { ...picture, x, y: top };
    x += picture.width + PADDING;
    return at;
  });
}

export function textWidth(text: string, size: number): number {
  return text.length * size * LETTER;
}
