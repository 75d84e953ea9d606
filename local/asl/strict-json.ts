/** Of text that is JSON, what matters here: strings, marks and numbers. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]|-?\d[\d.eE+-]*/g;

/**
 * What JSON.parse gives, where Step Functions takes the text for JSON too: it refuses a name that an object has twice, and a number that
 * no double holds (measured, floci-io/floci pull request 2676).
 *
 * @throws SyntaxError
 */
export function parseStrictly(text: string): unknown {
  const value: unknown = JSON.parse(text);
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
