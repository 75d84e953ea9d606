import type { GraphEdge, GraphNode, StateGraph } from './state-graph';

/** The state machine as a Mermaid flowchart. */
export function mermaid(graph: StateGraph): string {
  return `${['flowchart TD', ...partLines(graph, ''), ...STYLES].join('\n')}\n`;
}

const STYLES = ['  classDef failure stroke:#c0392b', '  classDef success stroke:#1e8449'];

/** Ids are the path of a state, since an inner one may have an outer one's name. */
function partLines(graph: StateGraph, path: string): string[] {
  const id = (name: string) => `${path}${name}`.replace(/[^A-Za-z0-9]/g, '_');
  const start = `${path}start`.replace(/[^A-Za-z0-9]/g, '_');
  return [
    `  ${start}(( )) --> ${id(graph.start)}`,
    ...graph.nodes.flatMap((node) => nodeLines(node, id(node.name), `${path}${node.name}/`)),
    ...graph.edges.map((edge) => edgeLine(edge, id)),
  ];
}

function nodeLines(node: GraphNode, id: string, path: string): string[] {
  const label = [`<b>${text(node.name)}</b>`, ...node.details.map(text)].join('<br/>');
  if (node.inner.length > 0) return [`  subgraph ${id}["${label}"]`, ...node.inner.flatMap((inner, index) => partLines(inner, `${path}${index}/`)), '  end'];
  const shape = node.type === 'Choice' ? `{{"${label}"}}` : node.type === 'Task' ? `["${label}"]` : `(["${label}"])`;
  const style = node.type === 'Fail' ? ':::failure' : node.type === 'Succeed' ? ':::success' : '';
  return [`  ${id}${shape}${style}`];
}

function edgeLine({ from, to, kind, label }: GraphEdge, id: (name: string) => string): string {
  const [plain, withLabel] = kind === 'failure' ? ['-.->', `-. "${text(label ?? '')}" .->`] : ['-->', `-- "${text(label ?? '')}" -->`];
  return `  ${id(from)} ${label === undefined ? plain : withLabel} ${id(to)}`;
}

/** For a label in double quotes, where Mermaid reads markup and its own codes. */
function text(value: string): string {
  return value.replace(/[&<>"#;`]/g, (character) => `#${character.charCodeAt(0)};`);
}
