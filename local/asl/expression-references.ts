import { FUNCTION_NAMES } from './jsonata-functions';

/** What an expression reads from outside of itself. */
export interface References {
  /** Names of variables, without what the expression binds itself and without `states`. */
  readonly variables: ReadonlySet<string>;
  /** Fields of `$states`: `input`. */
  readonly statesFields: ReadonlySet<string>;
  /** What reads a context item, which an expression does not have in Step Functions: names, `$`, `*`, `**`. */
  readonly topLevel: ReadonlySet<string>;
  /** Whether `$$` is read anywhere. */
  readonly root: boolean;
}

type Node = any;

/** JSONata's own functions (docs.jsonata.org, "Built-in functions"); a variable may have such a name too. */
const BUILT_IN = new Set([...FUNCTION_NAMES, ...(`sum count max min average string substring substringBefore substringAfter lowercase uppercase length
  trim pad match contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power random
  boolean not map zip filter single reduce foldLeft sift keys lookup append exists spread merge reverse each error assert type sort shuffle
  distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl eval toMillis fromMillis clone now millis`).split(/\s+/)]);

/** Reads them off an expression's syntax tree, as JSONata's parser gives it. */
export function references(ast: Node): References {
  const used = new Set<string>();
  const bound = new Set<string>();
  const statesFields = new Set<string>();
  let root = false;
  const visit = (node: Node, called = false): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) return node.forEach((item) => visit(item));
    if (typeof node.focus === 'string') bound.add(node.focus);
    if (typeof node.index === 'string') bound.add(node.index);
    if (node.type === 'variable' && node.value === '$') root = true;
    // A call of what is no function has an error of its own.
    if (node.type === 'variable' && !called && node.value !== '' && node.value !== '$') used.add(node.value);
    if (node.type === 'bind') bound.add(node.lhs.value);
    if (node.type === 'lambda') node.arguments.forEach((argument: Node) => bound.add(argument.value));
    if (node.type === 'path' && node.steps[0].type === 'variable' && node.steps[0].value === 'states' && node.steps[1]?.type === 'name') {
      statesFields.add(node.steps[1].value);
    }
    for (const [key, child] of Object.entries<Node>(node)) visit(child, key === 'procedure' || (node.type === 'apply' && key === 'rhs'));
  };
  visit(ast);
  const topLevel = new Set<string>();
  readTopLevel(ast, topLevel);
  const variables = new Set([...used].filter((name) => name !== 'states' && !bound.has(name) && !BUILT_IN.has(name)));
  return { variables, statesFields, topLevel, root };
}

/**
 * Only a path's first step reads the context item; later steps, predicates, sort terms and groups read what is before them. A function's
 * body reads that of the expression around it (measured, floci-io/floci pull request 2699).
 */
function readTopLevel(node: Node, found: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  switch (node.type) {
    case 'path':
      return readTopLevel(node.steps[0], found);
    case 'name':
      found.add(node.value);
      return;
    case 'wildcard':
    case 'descendant':
      found.add(node.type === 'wildcard' ? '*' : '**');
      return;
    case 'variable':
      if (node.value === '') found.add('$');
      return;
    case 'unary':
      [node.expression, ...node.expressions ?? [], ...(node.lhs ?? []).flat()].forEach((child: Node) => readTopLevel(child, found));
      return;
    case 'binary':
    case 'apply':
      readTopLevel(node.lhs, found);
      readTopLevel(node.rhs, found);
      return;
    case 'bind':
      readTopLevel(node.rhs, found);
      return;
    case 'condition':
      [node.condition, node.then, node.else].forEach((child: Node) => readTopLevel(child, found));
      return;
    case 'block':
      node.expressions.forEach((child: Node) => readTopLevel(child, found));
      return;
    case 'lambda':
      readTopLevel(node.body, found);
      return;
    case 'function':
    case 'partial':
      [node.procedure, ...node.arguments].forEach((child: Node) => readTopLevel(child, found));
      return;
    case 'transform':
      // Its pattern and update read what it is applied to.
      return;
    default:
  }
}
