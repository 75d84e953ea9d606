/** Of text that is JSON, what matters here: strings, marks and numbers. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]|-?\d[\d.eE+-]*/g;

/** All that is done with a value goes down into it, call by call; this is far below where the stack ends. */
const MAX_DEPTH = 1000;

/** @throws SyntaxError where the text is no JSON, or nests deeper than the engine goes */
export function parseShallow(text: string): unknown {
  let depth = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (depth > MAX_DEPTH) throw new SyntaxError(`it nests deeper than ${MAX_DEPTH}`);
  }
  return JSON.parse(text);
}

/**
 * What JSON.parse gives, where Step Functions takes the text for JSON too: it refuses a name that an object has twice, and a number that
 * no double holds (measured, floci-io/floci pull request 2676).
 *
 * @throws SyntaxError
 */
export function parseStrictly(text: string): unknown {
  const value = parseShallow(text);
  const objects: Set<string>[] = [];
  let before = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') objects.push(new Set());
    if (token === '}' || token === ']') objects.pop();
    if (token === ':') addName(objects.at(-1)!, JSON.parse(before));
    if (/^[-\d]/.test(token) && !Number.isFinite(Number(token))) throw new SyntaxError(`Number out of range: ${token}`);
    before = token;
  }
  return value;
}

function addName(names: Set<string>, name: string): void {
  if (names.has(name)) throw new SyntaxError(`Duplicate field '${name}'`);
  names.add(name);
}
