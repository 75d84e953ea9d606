/** What an expression reads from outside of itself. */
export interface References {
  /** Fields of `$states`: `input`. */
  readonly statesFields: ReadonlySet<string>;
  /** What reads a context item, which an expression does not have in Step Functions: names, `$`, `*`, `**`. */
  readonly topLevel: ReadonlySet<string>;
  /** Whether `$$` is read anywhere. */
  readonly root: boolean;
}

type Node = any;

/** Reads them off an expression's syntax tree, as JSONata's parser gives it. */
export function references(ast: Node): References {
  const statesFields = new Set<string>();
  let root = false;
  const visit = (node: Node): void => {
    if (typeof node !== 'object' || node === null) return;
    if (node.type === 'variable' && node.value === '$') root = true;
    if (node.type === 'path' && node.steps[0].type === 'variable' && node.steps[0].value === 'states' && node.steps[1]?.type === 'name') {
      statesFields.add(node.steps[1].value);
    }
    Object.values<Node>(node).forEach(visit);
  };
  visit(ast);
  const topLevel = new Set<string>();
  readTopLevel(ast, topLevel);
  return { statesFields, topLevel, root };
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
